"""Inputs that go by another name than when they were landed.

What belongs here: which names in the state of a source are one file. What does not: the names
themselves (locations) and what is landed of a file (connectors.file).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from pipelines.connectors.locations import told_by_name
from pipelines.landing import InputState, SourceState
from pipelines.program.source import Source
from pipelines.settings import Settings

MOST_NAMED = 5


def place_of(path: Path, settings: Settings) -> str:
    """Mark of where a file lies, seen from the program: the same whatever other locations say.

    A hash, because folders may be named after people and the mark is kept with what is landed.
    """
    return hashlib.sha256(os.path.relpath(path, settings.program_folder).encode()).hexdigest()[:16]


def follow_places(state: SourceState, files: Mapping[str, Path], settings: Settings) -> None:
    """Have each input go by the name its file has now.

    Names begin below the folder that all locations share, so one more location changes the names
    of files that lie where they lay.
    """
    now = {place_of(path, settings): name for name, path in files.items()}
    moved = {name: now.get(one.place, name) for name, one in state.inputs.items()}
    taken = {new for name, new in moved.items() if new != name}
    found = {}
    for name, one in state.inputs.items():
        new = moved[name]
        while new == name and new in taken:  # a file that is gone keeps its rows, not its name
            name = new = f"../{name}"
        found[new] = one
    state.inputs = found


def came_from_elsewhere(known: InputState | None, content_hash: str, place: str) -> bool:
    """Whether a file is taken for a later version of one of its name in another folder."""
    if known is None or not known.place:
        return False
    if known.place == place:
        return known.is_from_elsewhere
    return known.look.content_hash != content_hash


def taken_for_earlier(state: SourceState) -> str | None:
    """What is said of the files that replaced those of another folder; None: there are none."""
    names = sorted(name for name, one in state.inputs.items() if one.is_from_elsewhere)
    if not names:
        return None
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (
        f"{', '.join(names[:MOST_NAMED])}{more}: replaced another content of that name, landed "
        "from another folder; if both count, name both folders in `location`"
    )


def settle_renamed(
    source: Source, state: SourceState, before: Mapping[str, InputState], files: Collection[str]
) -> None:
    """Have no file count under its earlier name as well. `before`: the inputs before this pull.

    A name that came as the other went is the file's new name. One that stood beside it was a copy:
    it stays an input, because what is left may become another file, and shares the batch meanwhile.
    """

    def content(name: str) -> tuple[str, str]:
        return state.inputs[name].look.content_hash, told_by_name(source, name)

    here = {content(name): name for name in files if name in state.inputs}
    here |= {content(name): name for name in files if name in state.inputs and name in before}
    for name in [name for name in state.inputs if name not in files]:
        now = here.get(content(name))
        if now in before:
            state.inputs[name] = state.inputs[now]
        elif now is not None:
            del state.inputs[name]
