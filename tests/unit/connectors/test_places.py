"""Where a record stands in its file, as messages say it: the line, or the row of the sheet."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.connectors.preview import preview
from pipelines.connectors.records import open_records, told
from pipelines.errors import SourceError
from tests.unit.connectors.homes import HEADER, Home, source

ROWS = [("F1", "2025-01-01", "C1", "S1", "7"), ("F2", "2025-01-01", "C1", "S1", "7"),
        ("F3", "2025-01-01", "C1", "S1", "seven")]  # fmt: skip
NOTED = 'A title\n"of two\nlines"\n' + ",".join(HEADER) + '\n\nF1,2025-01-01,C1,"S\n1",7\n\n'
LAST = "F2,2025-01-01,C1,S1,7\nF3,2025-01-01,C1,S1,seven\n"


def sheet(path: Path, name: str, n_above: int, n_between: int) -> None:
    path.parent.mkdir(exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(name)
        page.write_row(n_above, 1, HEADER)
        for i, row in enumerate(ROWS, start=n_above + 1 + n_between):
            page.write_row(i, 1, row)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_line_of_a_text_among_titles_blanks_and_texts_of_several_lines(
    encoding: str, line_end: str, home: Home
) -> None:
    home.source = source(header_row=3)
    path = home.write("in/a.csv", (NOTED + LAST).replace("\n", line_end), encoding)
    lines = (NOTED + LAST).splitlines()
    (records,) = open_records(home.source, path)
    for number, begins in enumerate(("F1,", "F2,", "F3,"), start=1):
        line = next(i for i, text in enumerate(lines, start=1) if text.startswith(begins))
        assert told(records, number) == f"record {number}, line {line}"
    assert told(records, 4) == "record 4"


def test_the_line_of_a_text_without_a_header(home: Home) -> None:
    path = home.write("in/a.csv", LAST)
    (records,) = open_records(home.source.model_copy(update={"header_row": 0}), path)
    assert told(records, 2) == "record 2, line 2"


@pytest.mark.parametrize(("n_above", "n_between"), [(0, 0), (3, 0), (2, 2)])
def test_the_row_of_a_sheet_below_empty_rows_and_rows_left_out(
    n_above: int, n_between: int, home: Home
) -> None:
    home.source = source(location="in/*.xlsx", skip_rows=n_between)
    path = home.folder / "in/a.xlsx"
    sheet(path, "Data", n_above, n_between)
    (records,) = open_records(home.source, path)
    row = n_above + 1 + n_between + 3  # as the sheet counts them, from 1
    assert told(records, 3) == f"record 3, row {row} of the sheet"
    (records,) = open_records(home.source.model_copy(update={"sheet": "D*"}), path)
    assert told(records, 3) == f"record 3, row {row} of sheet 'Data'"


def test_formats_without_lines_say_the_record_alone(home: Home) -> None:
    path = home.write("in/a.jsonl", '{"id": "F1"}\n')
    assert told(open_records(source(location="in/a.jsonl"), path)[0], 1) == "record 1"


def test_a_member_of_a_zip_is_named_and_a_packed_file_is_itself(home: Home) -> None:
    path = home.folder / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("b.csv", ",".join(HEADER) + "\n" + LAST)
    assert told(open_records(home.source, path)[0], 2) == "record 2 of b.csv, line 3"
    path = home.write("c.csv.gz", gzip.compress((",".join(HEADER) + "\n" + LAST).encode()))
    assert told(open_records(home.source, path)[0], 2) == "record 2, line 3"


def test_a_source_that_stops_says_the_row_of_the_sheet(home: Home) -> None:
    home.source = source(location="in/*.xlsx", max_rejected_share=0)
    sheet(home.folder / "in/a.xlsx", "Data", 3, 0)
    with pytest.raises(SourceError, match=r"\(first: record 3, row 7 of the sheet\)"):
        home.pull()


def test_the_first_reject_of_several_files_is_of_the_file_it_is_told_of(home: Home) -> None:
    home.write_rows("in/a.csv", ROWS)
    home.write_rows("in/b.csv", ROWS[::-1])
    found = preview(home.source, home.program, home.settings)
    first = found.rejects.row(0, named=True)
    assert (first["input"], told(found.tables[first["table"]], first["record_number"])) == (
        "a.csv", "record 3, line 4"
    )  # fmt: skip
