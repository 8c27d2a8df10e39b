"""Finding the columns a program names in the header a file really has.

What belongs here: header cleaning and the error for a column that is not there. What does not:
what is done with the columns (connectors.mapping).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

from pipelines.connectors.numbers import RAISED
from pipelines.connectors.wording import same
from pipelines.errors import SourceError
from pipelines.program.source import Source

LONGEST_TEXT = 500
"""Characters of a question's text that are kept."""
_NUMBERED = re.compile(r"(.*)\[(\d+)\]")
_PLACED = re.compile(r"#(\d+)")
_BLANKS = re.compile(r"\s+")
_FOOTNOTE = re.compile(rf"(?:(?<=[^\W\d_]{{3}})|(?<=[)%]))\d{{1,2}}$|(?:{RAISED}|[*†‡])+$")
_VALUE = re.compile(r"@|\d{5}|^[\d\s.,:/+-]+$")
"""What a header holds only when it is no header: addresses, long numbers, numbers and dates."""


def tidy(name: str) -> str:
    """A column name without byte-order mark, surrounding and repeated blanks."""
    return _BLANKS.sub(" ", name.replace("\ufeff", "")).strip()


def without_footnote(name: str) -> str:
    """A tidy name without a footnote's mark at its end (`Response Rate1`, `Index¹`, `Score*`).

    Plain digits after fewer than three letters are part of a name, such as an item's (`q1`).
    """
    return _FOOTNOTE.sub("", tidy(name)).strip()


def addressable(header: Sequence[str]) -> list[str]:
    """A name for each column that no other has: `Score` and `Score[2]`, `#3` for one without."""
    names: list[str] = []
    taken: set[str] = set()
    seen: dict[str, int] = {}
    for place, name in enumerate(header, start=1):
        seen[name] = seen.get(name, 0) + 1
        own = name if tidy(name) else f"#{place}"
        while own in taken:
            own = f"{name}[{seen[name]}]" if tidy(name) and seen[name] > 1 else f"{own}#{place}"
        taken.add(own)
        names.append(own)
    return names


def question_texts(
    header: Sequence[str], below: Sequence[Sequence[str | None]]
) -> dict[str, str]:
    """What each column asks, by its addressable name: the row right below the names, else the name.

    >>> question_texts(["id", "Q1"], [["Id", "I am proud"], ['{"ImportId":"x"}', "y"]])
    {'id': 'Id', 'Q1': 'I am proud'}
    """
    told = list(below[0]) if below else []
    texts = [tidy(text or "") for text in [*told, *[""] * len(header)][: len(header)]]
    return {
        own: (text or tidy(name))[:LONGEST_TEXT]
        for own, name, text in zip(addressable(header), header, texts, strict=True)
    }


def joined_header(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """One header of several rows: an upper cell holds until the next, names are joined by a blank.

    >>> joined_header([["Store", "Staff", None], [None, "Score", "Answers"]])
    ['Store', 'Staff Score', 'Staff Answers']
    """
    width = max(len(row) for row in rows)
    parts: list[list[str]] = [[] for _ in range(width)]
    for level, row in enumerate(rows):
        held = ""
        for place in range(width):
            name = tidy(row[place] or "") if place < len(row) else ""
            if level < len(rows) - 1:
                held = name = name or held
            if name and name not in parts[place][-1:]:
                parts[place].append(name)
    return [" ".join(names) for names in parts]


def used_columns(source: Source) -> list[str]:
    """Columns of the input the source names, each once, in the order of the program."""
    names: list[str] = [m.column for m in source.columns.values() if m.column]
    for rule in source.values:
        names += rule.columns
        names += rule.when or {}
    names += [rule.column for rule in source.identifiers]
    names += [f.column for f in source.filters]
    names += source.names
    if source.comment:
        names.append(source.comment)
    return list(dict.fromkeys(names))


def find_columns(source: Source, header: Sequence[str], where: str) -> dict[str, str]:
    """For each column the program names, the name it goes by in the file (`addressable`).

    A name is looked for as written, then tidied in any letter case and width, then among the
    header's names without their footnote digits; a digit the program writes always counts.
    `Score[2]` is the second column of that name, `#3` the third column. A column that files may
    lack is left out when it is not there. Raises SourceError naming every missing column with the
    closest ones present.
    """
    steps = [str, _folded]
    if source.clean_headers:
        steps.append(lambda n: _folded(without_footnote(n)))
    names = addressable(header)
    found: dict[str, str] = {}
    problems: list[str] = []
    for name in used_columns(source):
        places = _look_up(name, header, steps)
        match = [header[i] for i in places]
        if len(match) == 1:
            found[name] = names[places[0]]
        elif match and len(set(match)) == 1:
            problems.append(
                f"column {match[0]!r} is there {len(match)} times; write '{match[0]}[1]' for the "
                f"first, '{match[0]}[2]' for the second"
            )
        elif match:
            problems.append(f"{name!r} fits several columns: {', '.join(map(repr, match))}")
        elif name not in source.optional:
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


def _folded(name: str) -> str:
    return same(tidy(name)).casefold()


def _look_up(name: str, header: Sequence[str], steps: Iterable[Callable]) -> list[int]:
    """Places of the columns a name may mean, by the first step that finds any."""
    for step in steps:
        if places := [i for i, h in enumerate(header) if step(h) in (name, _folded(name))]:
            return places
    if (numbered := _NUMBERED.fullmatch(name)) and numbered[1]:
        places = _look_up(numbered[1], header, steps)
        return places[int(numbered[2]) - 1 : int(numbered[2])] if numbered[2] != "0" else []
    if (placed := _PLACED.fullmatch(name)) and 1 <= int(placed[1]) <= len(header):
        return [int(placed[1]) - 1]
    return []
