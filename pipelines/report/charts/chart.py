"""What a chart is on the page: a specification, the rows it draws and the table they are from."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt

Row = dict[str, Any]
BREAK = "\v"
"""White space that no name has: a line may end there, and it is as wide as a letter."""


@dataclass(frozen=True)
class Chart:
    """One chart; its rows go into the page's data block under `data_name`."""

    name: str
    table: str
    """The published table the rows are from."""
    rows: Sequence[Row]
    spec: Row
    alternative: str
    """What the chart shows, for people who do not see it."""
    slice_name: str
    """Name of the rows; charts of the same rows share it."""

    @property
    def data_name(self) -> str:
        """Name of the rows in the data block: table and slice."""
        return f"{self.table}/{self.slice_name}"


def chart(
    name: str,
    table: str,
    rows: Sequence[Row],
    drawn: alt.TopLevelMixin,
    alternative: str,
    slice_name: str | None = None,
) -> Chart:
    """A chart whose specification refers to its rows by name, not checked against the schema."""
    made = Chart(name, table, rows, {}, alternative, slice_name or name)
    own: Any = drawn  # `properties` would copy all that is in it first
    own.data, own.width = alt.NamedData(made.data_name), "container"
    own.autosize = alt.AutoSizeParams(type="fit-x", contains="padding")
    spec = own.to_dict(validate=False)
    spec.pop("config", None)
    spec.pop("$schema", None)
    return replace(made, spec=spec)


def axis_title(text: str) -> list[str]:
    """A title in lines that fit a phone."""
    return wrapped(text, 54)


def wrapped(text: str, letters: int, most: int | None = None) -> list[str]:
    """A text in lines of so many letters, the last with an ellipsis where there are too many.

    Wide letters, as in Chinese or Japanese, count twice, and a line may end after each.

    >>> wrapped("Does 東京都千代田区 track it?", 9, most=2)
    ['Does 東京', '都千代田 …']
    """
    broken = "".join(
        letter + BREAK if unicodedata.east_asian_width(letter) in "WF" else letter
        for letter in " ".join(text.split())
    )
    lines = textwrap.wrap(
        broken, letters, max_lines=most, placeholder=" …", replace_whitespace=False
    )
    return [line.replace(BREAK, "") for line in lines]
