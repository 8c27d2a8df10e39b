"""Quotation marks that swallow records: told with their line and record, and nothing lands."""

from __future__ import annotations

import io
import random

import pytest

from pipelines.connectors.quotes import Watched, first_open, swallowing
from pipelines.errors import SourceError
from tests.unit.connectors.homes import Home

HEADER = "id,at,customer,store,score,note\n"


def row(number: int, note: str = "ok", store: str = "S1") -> str:
    return f"F{number},2025-01-01,C{number},{store},5,{note}\n"


SWALLOWING = {
    "in the last column, which nobody uses": (
        "".join(row(i, '"nice shop' if i == 100 else "ok") for i in range(1, 301)), 101, 100),
    "in the middle": (row(1) + row(2, store='"S1') + "".join(map(row, range(3, 50))), 3, 2),
    "closed in the next record": (row(1) + row(2, store='"S1') + row(3, store='S"1'), 3, 2),
    "opened again in the next record": (row(1, '"a') + row(2, '"b"') + row(3), 2, 1),
    "in the last record": (row(1) + row(2, '"nice'), 3, 2),
    "where the file is cut off": (row(1) + row(2, '"nice').rstrip(), 3, 2),
    "after a text of several lines": (row(1, '"a\nb"') + "\n" + row(2, '"c') + row(3), 5, 2),
}  # fmt: skip


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("case", SWALLOWING)
def test_a_mark_that_swallows_records_is_told(
    case: str, encoding: str, ends: str, home: Home
) -> None:
    text, line, record = SWALLOWING[case]
    home.write("in/a.csv", (HEADER + text).replace("\n", ends), encoding)

    with pytest.raises(SourceError, match="a quotation mark is opened and not closed") as caught:
        home.pull()

    assert f"a.csv, line {line}, record {record}\n" in caught.value.text()
    assert home.manifests() == []


def test_marks_that_swallow_nothing_are_read(home: Home) -> None:
    notes = ['"a\nb ""q"", c"', '"x" ', '5" pipe', '"a"b', '""', '"""x"""', "'", '"a ""\n"" b"\t']
    home.write("in/a.csv", HEADER + "\n".join(row(i, note) for i, note in enumerate(notes)))
    home.pull()
    assert home.landed()["feedback_id"].to_list() == [f"F{i}" for i in range(len(notes))]


def by_the_letter(text: str) -> int | None:
    """The same rule, one character at a time."""
    place, inside, opened, begins = 0, False, 0, True
    while place < len(text):
        if not inside:
            if text[place] == '"' and begins:
                inside, opened = True, place
            begins = text[place] in ",\n\r"
        elif text[place] == '"':
            if text[place + 1 : place + 2] == '"':
                place += 1
            else:
                inside = begins = False
                rest = text[place + 1 :].lstrip(" \t")
                if rest and rest[0] not in ",\n\r" and "\n" in text[opened:place]:
                    return opened
        place += 1
    return opened if inside else None


def test_marks_are_found_wherever_a_block_ends() -> None:
    chance = random.Random(7)
    n_found = 0
    for _ in range(4000):
        text = "".join(chance.choices('a",\n ', [3, 4, 3, 2, 1], k=chance.randrange(1, 30)))
        size = chance.randrange(1, 9)
        blocks = [text[i : i + size].encode() for i in range(0, len(text), size)]
        assert first_open(blocks, ",") == by_the_letter(text), (text, size)
        n_found += by_the_letter(text) is not None
    assert 400 < n_found < 3600


def test_lines_are_counted_only_where_there_are_marks() -> None:
    def watched(text: str, size: int) -> Watched:
        stream = Watched(io.BytesIO(text.encode()))
        while stream.read(size):
            pass
        return stream

    assert not watched("a,b\n" * 50, 1000).may_swallow(7, ",")
    assert not watched('a,"b"\n' * 50, 1000).may_swallow(50, ",")
    assert watched('a,"b"\n' * 50, 1000).may_swallow(49, ",")
    assert watched("a,b\n" * 50 + 'a,"b"\n', 100).may_swallow(51, ",")


def test_the_record_of_a_mark_whose_field_is_very_long() -> None:
    text = f'id,note\n1,ok\n2,"{"x" * 200_000}\n'
    assert swallowing(lambda: io.BytesIO(text.encode()), ",", 1) == (3, 2)
