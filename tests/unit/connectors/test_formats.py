"""Whatever a table is written as, it is read back the same, with the same record numbers."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import io
import unicodedata
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.connectors import text_records
from pipelines.connectors.records import RECORD_NUMBER, open_records
from tests.allotment import examples
from tests.unit.connectors.homes import source

PLAIN = st.characters(exclude_characters="\x00\r\ufeff", exclude_categories=["Cs"])
LATIN = st.sampled_from(
    [c for c in bytes(range(256)).decode("cp1252", "ignore") if unicodedata.category(c) != "Cc"]
)
SETTINGS = settings(
    max_examples=examples(30), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def tables(characters: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    """A header and records of one width; the first field is filled, so no record is empty."""
    field = st.text(characters, max_size=12)
    filled = st.text(characters, min_size=1, max_size=12).filter(str.strip)
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.tuples(filled, *[field] * (width - 1)).map(list), min_size=2, max_size=12
        )
    )


def read(path: Path, **changes: object) -> tuple[list[str], list[list[str]], list[int], list[int]]:
    """Header, records, their numbers, and the numbers of malformed records."""
    [records] = open_records(source(**changes), path)
    frames = list(records.read(range(len(records.header))))
    rows: list[list[str]] = []
    numbers: list[int] = []
    for frame in frames:
        numbers += frame[RECORD_NUMBER].to_list()
        rows += [[v or "" for v in row] for row in frame.drop(RECORD_NUMBER).rows()]
    return records.header, rows, numbers, records.malformed


def read_unique(path: Path, **changes: object) -> tuple[list[str], list[list[str]], list[int]]:
    """As `read`, for headers that may repeat a name: column by column."""
    [records] = open_records(source(**changes), path)
    columns: list[list[str]] = []
    numbers: list[int] = []
    for place in range(len(records.header)):
        frames = list(records.read([place]))
        columns.append([v or "" for f in frames for v in f.to_series(0)])
        numbers = [n for f in frames for n in f[RECORD_NUMBER]]
    return records.header, [list(row) for row in zip(*columns, strict=True)], numbers


def as_text(table: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    return out.getvalue()


@SETTINGS
@given(tables(PLAIN), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]),
       st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.integers(64, 300))  # fmt: skip
def test_text_files_in_any_dress(
    tmp_path: Path, table: list[list[str]], delimiter: str, end: str, encoding: str, block: int
) -> None:
    if end == "\r":
        table = [[f.replace("\n", " ").strip() or "x" for f in row] for row in table]
    path = tmp_path / "f.csv"
    path.write_bytes(as_text(table, delimiter, end).encode(encoding))
    declared = encoding.removesuffix("-sig")
    block = max(block, 2 * max(len(as_text([row]).encode()) for row in table) + 8)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_records, "BLOCK_BYTES", block)
        header, rows, numbers = read_unique(path, delimiter=delimiter, encoding=declared)

    assert header == table[0]
    assert rows == table[1:]
    assert numbers == list(range(1, len(table)))


@SETTINGS
@given(tables(LATIN), st.sampled_from(["latin-1", "windows-1252"]))
def test_eight_bit_encodings(tmp_path: Path, table: list[list[str]], encoding: str) -> None:
    path = tmp_path / "f.csv"
    text = as_text(table).encode(encoding, "ignore").decode(encoding)
    table = list(csv.reader(io.StringIO(text, newline="")))
    if any(not "".join(row).strip() for row in table):
        return
    path.write_bytes(text.encode(encoding))

    header, rows, _ = read_unique(path, encoding=encoding, delimiter=",")

    assert [header, *rows] == table


@settings(max_examples=examples(15), deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(tables(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"])),
       st.integers(0, 3))  # fmt: skip
def test_sheets(tmp_path: Path, table: list[list[str]], rows_above: int) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate(table):
            for j, text in enumerate(row):
                sheet.write_string(rows_above + i, j, text)

    header, rows, numbers = read_unique(path, header_row=rows_above + 1)

    width = len(header)  # empty columns on the right are not part of a sheet
    assert [row[:width] for row in [table[0]]] == [header]
    assert rows == [row[:width] for row in table[1:]]
    assert numbers == list(range(1, len(table)))


@SETTINGS
@given(tables(PLAIN))
def test_parquet(tmp_path: Path, table: list[list[str]]) -> None:
    path = tmp_path / "f.parquet"
    columns = {f"c{i}": [row[i] for row in table] for i in range(len(table[0]))}
    pl.DataFrame(columns).write_parquet(path)

    assert read(path)[:3] == (list(columns), table, list(range(1, len(table) + 1)))


def test_a_tsv_file_is_split_at_tabulators(tmp_path: Path) -> None:
    path = tmp_path / "f.tsv"
    path.write_text('a\tb\n1\t"x\ty"\n')

    assert read(path)[:2] == (["a", "b"], [["1", "x\ty"]])


@pytest.mark.parametrize("block", [32, 48, 64, 1 << 20])
def test_numbers_count_records_not_lines(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_records, "BLOCK_BYTES", block)
    path = tmp_path / "f.csv"
    path.write_text('a,b\n1,x\n\n2,"y\nz"\n3\n\n4,w\n5,v,u\n6,"t"\n\n\n7,s')

    header, rows, numbers, malformed = read(path)

    assert header == ["a", "b"]
    assert rows == [["1", "x"], ["2", "y\nz"], ["4", "w"], ["6", "t"], ["7", "s"]]
    assert numbers == [1, 2, 4, 6, 7]
    assert malformed == [3, 5]


@SETTINGS
@given(st.lists(st.sampled_from(["good", "long", "short", "blank", "quoted"]), max_size=40),
       st.integers(24, 120), st.sampled_from(["", "A title\n", '"A title, in\ntwo lines",x\n\n']),
       st.sampled_from(["a,b", '"a\nb",b', '"a",b\r']))  # fmt: skip
def test_every_record_is_read_or_malformed(
    tmp_path: Path, kinds: list[str], block: int, title: str, header: str
) -> None:
    lines = {
        "good": "{0},x",
        "long": "{0},x,y",
        "short": "{0}",
        "blank": "",
        "quoted": '{0},"x\ny"',
    }
    body, number, good, bad = "", 0, [], []
    for kind in kinds:
        number += kind != "blank"
        body += lines.get(kind, "").format(number) + "\n"
        (good if kind in ("good", "quoted") else bad).append(number) if kind != "blank" else None
    path = tmp_path / "f.csv"
    path.write_text(title + header + "\n" + body, newline="")
    rows_above = len(list(csv.reader(io.StringIO(title, newline=""))))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_records, "BLOCK_BYTES", block + len(title + header))
        found, rows, numbers, malformed = read(path, header_row=rows_above + 1)

    assert found == next(csv.reader(io.StringIO(header, newline="")))
    assert numbers == good == [int(row[0]) for row in rows]
    assert malformed == bad


def test_blank_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("\n,\na,b\n1,2\n")

    assert read(path)[:3] == (["a", "b"], [["1", "2"]], [1])


def test_cells_become_text_as_people_see_them(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "day", "score", "share", "yes", "sum", "score"])
        cells = [1001, dt.date(2025, 1, 3), 7.5, 0.85, True]
        for i, cell in enumerate(cells):
            sheet.write(1, i, cell)
        sheet.write_formula(1, 5, "=3+4", None, 7)
        sheet.write(3, 0, 1002)

    header, rows, numbers = read_unique(path)

    assert header == ["id", "day", "score", "share", "yes", "sum", "score"]
    assert rows[0] == ["1001", "2025-01-03 00:00:00", "7.5", "0.85", "true", "7", ""]
    assert rows[1] == [""] * 7, "an empty row of a sheet keeps its number"
    assert rows[2][0] == "1002"
    assert numbers == [1, 2, 3]


def test_typed_columns_become_one_text_each(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    moment = dt.datetime.fromisoformat("2025-01-01T02:03:04.500")
    table = pa.table(
        {
            "id": pa.array([1001.0, None, float("nan")]),
            "half": pa.array([2.5, 1e20, -3.0]),
            "money": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-2.00")]),
            "zoned": pa.array([moment, None, None], pa.timestamp("us", "Europe/Berlin")),
            "naive": pa.array([moment, None, None], pa.timestamp("ns")),
            "day": pa.array([dt.date(2025, 1, 1), None, None]),
            "yes": pa.array([True, False, None]),
            "word": pa.array(["a", "b", "a"]).dictionary_encode(),
            "big": pa.array([2**62, -1, None]),
            "nothing": pa.nulls(3),
        }
    )
    pq.write_table(table, path)

    header, rows, _, _ = read(path)
    found = dict(zip(header, zip(*rows, strict=True), strict=True))

    assert found["id"] == ("1001", "", "")
    assert found["half"] == ("2.5", "1e+20", "-3")
    assert found["money"] == ("1.50", "", "-2.00")
    assert found["zoned"][0] == "2025-01-01 03:03:04.500000+01:00"
    assert found["naive"][0].startswith("2025-01-01 02:03:04.5")
    assert found["day"][0] == "2025-01-01"
    assert found["yes"] == ("true", "false", "")
    assert found["word"] == ("a", "b", "a")
    assert found["big"] == (str(2**62), "-1", "")
    assert found["nothing"] == ("", "", "")


def test_ten_thousand_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    names = [f"c{i}" for i in range(10_000)]
    path.write_text(",".join(names) + "\n" + ",".join("1" * 10_000) + "\n")

    [records] = open_records(source(), path)
    frame = next(records.batches(["c9999"]))

    assert len(records.header) == 10_000
    assert frame["c9999"].to_list() == ["1"]
