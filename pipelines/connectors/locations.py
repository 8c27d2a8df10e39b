"""Which files a source's location names, and the name each goes by.

What belongs here: globs, names and their errors. It stands alone so that asking whether there is
anything new needs no data library.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path, PurePath, PurePosixPath

from pipelines.errors import SourceError, without_addresses
from pipelines.program.source import Source
from pipelines.settings import Settings


def named_files(source: Source, settings: Settings) -> dict[str, Path]:
    """The files a source's location names, by the name each goes by in landing.

    The name is the path below the folder that all locations of the source share as they are
    written in the program, so it stays the same on another machine and whatever other files
    come or go. Raises SourceError when a location names no file.
    """
    locations = [source.location] if isinstance(source.location, str) else source.location
    folders = [_fixed_folder(location) for location in locations]
    shared = _shared(folders)
    files: dict[str, Path] = {}
    for location, folder in zip(locations, folders, strict=True):
        base = settings.expand(str(folder))
        prefix = PurePosixPath(*folder.parts[len(shared) :])
        for path in _matches(source, settings.expand(location), base):
            files[_fit_to_keep(source, str(prefix / path.relative_to(base).as_posix()))] = path
    return dict(sorted(files.items()))


def _fit_to_keep(source: Source, name: str) -> str:
    """The name, unless it holds an e-mail address or bytes that are no letters: it is kept."""
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if readable != name:
        raise SourceError(
            f"Source {source.name} has a file whose name is not UTF-8, as of another system.",
            where=readable,
            mend="rename the file",
        )
    masked = without_addresses(name)
    if masked == name:
        return name
    raise SourceError(
        f"Source {source.name} has a file whose name holds an e-mail address.",
        where=masked,
        mend="rename the file: names of files are kept with what is landed",
    )


def texts_of_sheet(source: Source, sheet: str) -> dict[str, str]:
    """Contract columns that are taken from the sheet's name, and the text of each."""
    found = {
        column: re.search(mapping.sheet_name, sheet, re.IGNORECASE)
        for column, mapping in source.columns.items()
        if mapping.sheet_name is not None
    }
    return {column: match[1] or "" for column, match in found.items() if match is not None}


def texts_of_column(source: Source, answer: str) -> dict[str, str]:
    """Contract columns that are taken from the name of an answer's column, and the text of each."""
    found = {}
    for column, mapping in source.columns.items():
        if mapping.column_name is None:
            continue
        match = re.search(mapping.column_name, answer, re.IGNORECASE)
        if match is None or match[1] is None:
            raise SourceError(
                f"Source {source.name} takes `{column}` from the name of each answer's column; "
                f"{answer!r} does not have the shape {mapping.column_name!r}.",
                mend="correct `column_name`, or read that column in a source of its own",
            )
        found[column] = match[1]
    return found


def texts_of_file_name(source: Source, name: str) -> dict[str, str]:
    """Contract columns that the file's own name tells, and the text of each."""
    found = {
        column: re.search(mapping.file_name, name, re.IGNORECASE)
        for column, mapping in source.columns.items()
        if mapping.file_name is not None
    }
    return {column: match[1] for column, match in found.items() if match is not None and match[1]}


def told_by_name(source: Source, name: str) -> str:
    """The same as one text: what parts files of one content, where there is anything."""
    return "".join(f"/{key}={text}" for key, text in texts_of_file_name(source, name).items())


def texts_of_names(source: Source, name: str, inside: str) -> dict[str, str]:
    """Contract columns taken from a name: that of a file inside a zip before that of the file.

    Raises SourceError when neither has the declared shape.
    """
    found = texts_of_file_name(source, name) | texts_of_file_name(source, inside)
    for column, mapping in source.columns.items():
        if mapping.file_name is not None and column not in found:
            raise SourceError(
                f"Source {source.name} takes `{column}` from the file's name, which does not "
                f"have the shape {mapping.file_name!r}.",
                where=f"{name}, {inside}" if inside else name,
                mend="rename the file, or correct `file_name`",
            )
    return found


def _matches(source: Source, path: Path, base: Path) -> list[Path]:
    try:
        found = [path] if path.exists() else list(_globbed(base, str(path.relative_to(base))))
    except (OSError, ValueError, NotImplementedError) as error:
        raise SourceError(
            f"Source {source.name} cannot look for its files: {error}.",
            where=str(path),
            mend="correct `location`, or the rights on the folder",
        ) from error
    if not found:
        brackets = "; a bracket that is part of a name is written `[[]`" if "[" in str(path) else ""
        raise SourceError(
            f"Source {source.name} finds no file.",
            where=str(path),
            mend=f"put the file there, or correct `location`{brackets}",
        )
    return found


def _globbed(base: Path, pattern: str) -> Iterator[Path]:
    """What fits the pattern, without hidden files and the lock files of office programs.

    A folder is passed on when the pattern asks for an ending: it stands where a file is expected.
    """
    for path in base.glob(pattern):
        if path.name.startswith((".", "~$")) or (path.is_dir() and not PurePath(pattern).suffix):
            continue
        yield path


def _fixed_folder(location: str) -> PurePosixPath:
    """The folders of a location before its file name or first wildcard."""
    parts = PurePosixPath(location).parts[:-1]
    return PurePosixPath(*takewhile(lambda part: not _is_glob(part), parts))


def _shared(folders: list[PurePosixPath]) -> tuple[str, ...]:
    columns = zip(*(folder.parts for folder in folders), strict=False)
    return tuple(c[0] for c in takewhile(lambda column: len(set(column)) == 1, columns))


def _is_glob(part: str) -> bool:
    return any(character in part for character in "*?[")
