"""Inputs that go by another name than when they were landed.

What belongs here: which names in the state of a source are one file. What does not: the names
themselves (locations) and what is landed of a file (connectors.file).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipelines.connectors.locations import told_by_name
from pipelines.landing import InputState, SourceState
from pipelines.program.source import Source


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
