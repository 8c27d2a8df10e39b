"""Any frame, written in any format and encoding and packed in any way, is read back the same."""

from __future__ import annotations

import csv
import gzip
import io
import json
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.connectors.records import RECORD_NUMBER, open_records
from tests.allotment import examples
from tests.unit.connectors.homes import source
from tests.unit.connectors.test_messy import legacy_workbook, open_document, workbook, zipped

SETTINGS = settings(
    max_examples=examples(5), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
KINDS = ["L", "N", "P", "S"]
LETTERS = st.characters(categories=KINDS)
ENCODINGS = {
    "utf-8": None,
    "utf-8-sig": None,
    "utf-16": None,
    "utf-16-be": "utf-16-be",
    "cp1252": "windows-1252",
    "latin-1": "latin-1",
    "shift_jis": "shift_jis",
    "cp1251": "cp1251",
    "gb18030": "gb18030",
}
"""Encoding a file is written in, and what must be declared to read any text in it."""


@st.composite
def frames(draw: st.DrawFn, letters: st.SearchStrategy[str] = LETTERS) -> pl.DataFrame:
    """A frame of texts, some of them null, with distinct names; the first column is filled."""
    word = st.text(letters, min_size=1, max_size=8)
    names = draw(st.lists(word, min_size=2, max_size=4, unique_by=lambda n: n.strip().casefold()))
    height = draw(st.integers(1, 8))
    columns = {
        name: draw(st.lists(word if i == 0 else word | st.none(), min_size=height, max_size=height))
        for i, name in enumerate(names)
    }
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


def as_rows(frame: pl.DataFrame) -> list[list[str]]:
    return [frame.columns, *([cell or "" for cell in row] for row in frame.rows())]


def as_text(frame: pl.DataFrame, delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(as_rows(frame))
    return out.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


WRITERS: dict[str, Callable[[pl.DataFrame], bytes]] = {
    "csv": lambda f: as_text(f).encode(),
    "tsv": lambda f: as_text(f, "\t").encode(),
    "xlsx": lambda f: workbook(as_rows(f)),
    "xls": lambda f: legacy_workbook(as_rows(f)),
    "ods": lambda f: open_document(as_rows(f)),
    "parquet": parquet,
    "json": lambda f: json.dumps(f.to_dicts(), ensure_ascii=False).encode(),
    "jsonl": lambda f: "\n".join(json.dumps(row) for row in f.to_dicts()).encode(),
}
PACKINGS: dict[str, Callable[[str, bytes], tuple[str, bytes]]] = {
    "as it is": lambda name, content: (name, content),
    "gzip": lambda name, content: (f"{name}.gz", gzip.compress(content)),
    "zip": lambda name, content: ("f.zip", zipped({name: content})),
}


def read(path: Path, **changes: object) -> pl.DataFrame:
    [records] = open_records(source(**changes), path)
    found = pl.concat(records.read(range(len(records.header))))
    assert records.malformed == []
    assert found[RECORD_NUMBER].to_list() == list(range(1, found.height + 1))
    return found.drop(RECORD_NUMBER)


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("packing", PACKINGS)
@SETTINGS
@given(frame=frames())
def test_a_frame_comes_back(kind: str, packing: str, tmp_path: Path, frame: pl.DataFrame) -> None:
    name, content = PACKINGS[packing](f"f.{kind}", WRITERS[kind](frame))
    path = tmp_path / name
    path.write_bytes(content)

    found = read(path, delimiter="," if kind == "csv" else None)

    assert as_rows(found) == as_rows(frame)


@cache
def letters_of(encoding: str) -> st.SearchStrategy[str]:
    """Letters, figures and signs that an encoding has and gives back."""
    ambiguous = "\xa5\u203e"
    if encoding.startswith(("utf", "gb18030")):  # these have all
        return st.characters(categories=KINDS, exclude_characters=ambiguous)
    found = [
        letter for letter in map(chr, range(0x10000))
        if unicodedata.category(letter)[0] in KINDS and letter not in ambiguous
        and letter.encode(encoding, "ignore").decode(encoding) == letter
    ]  # fmt: skip
    return st.sampled_from(found)


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(SETTINGS, max_examples=examples(16))
@given(data=st.data(), delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_a_text_comes_back_from_any_encoding(
    encoding: str, tmp_path: Path, data: st.DataObject, delimiter: str
) -> None:
    frame = data.draw(frames(letters_of(encoding)))
    path = tmp_path / "f.csv"
    path.write_bytes(as_text(frame, delimiter).encode(encoding))

    found = read(path, delimiter=delimiter, encoding=ENCODINGS[encoding])

    assert as_rows(found) == as_rows(frame)
