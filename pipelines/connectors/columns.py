"""Finding the columns a program names in the header a file really has.

What belongs here: header cleaning and the error for a column that is not there. What does not:
what is done with the columns (connectors.mapping).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

from pipelines.errors import SourceError
from pipelines.program.source import Source

_BLANKS = re.compile(r"\s+")
_FOOTNOTE = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=[)%]))\d{1,2}$")
_VALUE = re.compile(r"@|\d{5}|^[\d\s.,:/+-]+$")
"""What a header holds only when it is no header: addresses, long numbers, numbers and dates."""


def tidy(name: str) -> str:
    """A column name without byte-order mark, surrounding and repeated blanks."""
    return _BLANKS.sub(" ", name.replace("\ufeff", "")).strip()


def without_footnote(name: str) -> str:
    """A tidy name without footnote digits at its end (`Response Rate1`).

    Digits after fewer than three letters are part of a name, such as an item's (`q1`).
    """
    return _FOOTNOTE.sub("", tidy(name)).strip()


def used_columns(source: Source) -> list[str]:
    """Columns of the input the source names, each once, in the order of the program."""
    names: list[str] = [m.column for m in source.columns.values() if m.column]
    for rule in source.values:
        names += rule.columns
        names += rule.when or {}
    names += [rule.column for rule in source.identifiers]
    names += [f.column for f in source.filters]
    if source.comment:
        names.append(source.comment)
    return list(dict.fromkeys(names))


def find_columns(source: Source, header: Sequence[str], where: str) -> dict[str, str]:
    """For each column the program names, the header's own spelling.

    A name is looked for as written, then tidied in any letter case, then among the header's names
    without their footnote digits; a digit the program writes always counts. Raises SourceError
    naming every missing column with the closest ones present.
    """
    steps = [str, lambda n: tidy(n).casefold()]
    if source.clean_headers:
        steps.append(lambda n: without_footnote(n).casefold())
    found: dict[str, str] = {}
    problems: list[str] = []
    for name in used_columns(source):
        match = _look_up(name, header, steps)
        if len(match) == 1:
            found[name] = match[0]
        elif match and len(set(match)) == 1:
            problems.append(f"column {match[0]!r} is there {len(match)} times")
        elif match:
            problems.append(f"{name!r} fits several columns: {', '.join(map(repr, match))}")
        else:
            problems.append(f"no column {name!r}{_hint(name, header)}")
    if problems:
        raise SourceError(
            f"Source {source.name} does not find its columns: " + "; ".join(problems),
            where=where,
            mend=_mend(header),
        )
    return found


def _hint(name: str, header: Sequence[str]) -> str:
    close = difflib.get_close_matches(tidy(name), _showable(header), n=3)
    return f"; close: {', '.join(map(repr, close))}" if close else ""


def _mend(header: Sequence[str]) -> str:
    """The columns there are, unless the row looks like somebody's record."""
    named = [tidy(h) for h in header if tidy(h)]
    if not named:
        return "set `header_row` to the row that holds the column names"
    shown = _showable(header)
    if len(shown) <= len(named) / 2:
        return (
            "the row looks like a record: add a row of column names to the file, or set "
            "`header_row` to the row that holds them"
        )
    return (
        "name the columns as the file has them, or fix the file. It has: "
        + ", ".join(map(repr, shown[:40]))
        + (" ..." if len(shown) > 40 else "")
    )


def _showable(header: Sequence[str]) -> list[str]:
    """Names that are certainly no values: messages are kept, and a file may lack its header."""
    return [name[:80] for h in header if (name := tidy(h)) and not _VALUE.search(name)]


def _look_up(name: str, header: Sequence[str], steps: Iterable[Callable]) -> list[str]:
    for step in steps:
        matches = [h for h in header if step(h) in (name, tidy(name).casefold())]
        if matches:
            return matches
    return []
