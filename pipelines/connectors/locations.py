"""Which files a source's location names.

What belongs here: globs and their errors. It stands alone so that asking whether there is anything
new needs no data library.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import SourceError
from pipelines.program.source import Source
from pipelines.settings import Settings


def source_files(source: Source, settings: Settings) -> list[Path]:
    """The files a source's location names, sorted. Raises SourceError when there is none."""
    locations = [source.location] if isinstance(source.location, str) else source.location
    files: set[Path] = set()
    for location in locations:
        path = settings.expand(location)
        if path.is_file():
            files.add(path)
            continue
        base = next(p for p in path.parents if not any(c in str(p) for c in "*?["))
        found = {p for p in base.glob(str(path.relative_to(base))) if p.is_file()}
        if not found:
            raise SourceError(
                f"Source {source.name} finds no file.",
                where=str(path),
                mend="put the file there, or correct `location`",
            )
        files |= found
    return sorted(files, key=lambda p: p.name)
