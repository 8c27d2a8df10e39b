"""Files a user may give by mistake: what, where and how to mend, and nothing else is touched."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.connectors import one_file, text_records
from pipelines.errors import SourceError
from tests.unit.connectors.homes import HEADER, Home, Panic, fail_in_b, source

ROW = ("F1", "2025-01-01T10:00:00Z", "C1", "S1", "7")
GOOD = ",".join(HEADER) + "\n" + ",".join(ROW) + "\n"


def as_is(content: str | bytes, encoding: str = "utf-8") -> Callable[[Home], None]:
    return lambda home: home.write("in/bad.csv", content, encoding) and None


def sheet(name: str = "Data", rows: tuple = (HEADER, ROW)) -> Callable[[Home], None]:
    def write(home: Home) -> None:
        (home.folder / "in").mkdir(exist_ok=True)
        with xlsxwriter.Workbook(home.folder / "in/bad.xlsx") as book:
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                page.write_row(i, 0, row)

    return write


def parquet(**columns: tuple) -> Callable[[Home], None]:
    """Columns of values, and of a type; made when the test runs, because Arrow imports pandas."""

    def write(home: Home) -> None:
        (home.folder / "in").mkdir(exist_ok=True)
        texts = {name: pa.array([text]) for name, text in zip(HEADER, ROW, strict=True)}
        odd = {name: pa.array(*given) for name, given in columns.items()}
        pq.write_table(pa.table({**texts, **odd}), home.folder / "in/bad.parquet")

    return write


def raw(name: str, content: bytes) -> Callable[[Home], None]:
    return lambda home: home.write(name, content) and None


def half_a_workbook(home: Home) -> None:
    sheet()(home)
    path = home.folder / "in/bad.xlsx"
    path.write_bytes(path.read_bytes()[:-200])


def zip_but_no_workbook(home: Home) -> None:
    home.write("in/x", "")
    with zipfile.ZipFile(home.folder / "in/bad.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")


def half_a_parquet(home: Home) -> None:
    parquet()(home)
    path = home.folder / "in/bad.parquet"
    content = bytearray(path.read_bytes())
    content[4:60] = bytes(56)
    path.write_bytes(content)


def called(name: str, write: Callable[[Home], object], written: str) -> Callable[[Home], object]:
    """A file under a name of another kind."""

    def rename(home: Home) -> None:
        write(home)
        (home.folder / "in" / written).rename(home.folder / "in" / name)

    return rename


CASES: dict[str, tuple[Callable[[Home], object], dict, str]] = {
    "missing": (lambda home: None, {"location": "in/bad.csv"}, "finds no file"),
    "empty": (as_is(""), {}, "has an empty file"),
    "header only": (as_is(",".join(HEADER)), {}, "file without records"),
    "header and line end": (as_is(",".join(HEADER) + "\n\n"), {}, "file without records"),
    "blank lines only": (as_is("\n\n\n"), {}, "does not find its columns"),
    "mark only": (as_is(b"\xef\xbb\xbf"), {}, "does not find its columns"),
    "header row beyond the end": (as_is(GOOD), {"header_row": 9}, "does not find its columns"),
    "renamed column": (as_is(GOOD.replace("score", "points")), {}, "no column 'score'"),
    "wrong delimiter": (as_is(GOOD.replace(",", ";")), {"delimiter": ","}, "no column 'score'"),
    "utf-16 read as utf-8": (
        as_is(GOOD, "utf-16"), {"encoding": "utf-8"}, "as utf-8.*encoding: utf-16"),
    "utf-16 without mark": (
        as_is(GOOD, "utf-16-le"), {"encoding": "utf-8"}, "as utf-8.*encoding: utf-16-le"),
    "latin-1 read as utf-8": (
        as_is(GOOD + "F2,2025-01-01,C2,Köln,7\n", "latin-1"), {"encoding": "utf-8"},
        "as utf-8.*line 3.*encoding: windows-1252"),
    "latin-1 in the header": (
        as_is("größe," + GOOD, "latin-1"), {"encoding": "utf-8"}, "as utf-8.*line 1"),
    "utf-8 with mark read as latin-1": (
        as_is(GOOD, "utf-8-sig"), {"encoding": "latin-1"}, "as latin-1.*encoding: utf-8"),
    "undefined in windows-1252": (
        as_is(GOOD + "F2,2025-01-01,C2,\x81,7\n", "latin-1"), {"encoding": "windows-1252"},
        "as windows-1252"),
    "open quote": (
        as_is(GOOD + '"F2,' + "x," * 60_000), {}, "cannot split a file into records"),
    "open quote in the header": (
        as_is('"id,' + "x," * 100_000), {}, "cannot split a file into records"),
    "very long line": (as_is(GOOD + "F2," + "x" * 40_000), {}, "cannot split a file"),
    "zero bytes": (as_is(b"\x00" * 5000), {}, "cannot read a file as utf-8"),
    "all off the scale": (
        as_is(GOOD.replace(",7", ",70")), {"max_rejected_share": 0.1},
        "cannot use 100.0% of the rows.*1 x out_of_scale in column 'score'.*record 1"),
    "unknown ending": (
        lambda home: home.write("in/bad.x", GOOD * 2), {"location": "in/bad.x"}, "cannot tell"),
    "folder": (
        lambda home: home.write("in/bad.csv/x.csv", GOOD), {}, "finds a folder where a file"),
    "text named xlsx": (raw("in/bad.xlsx", b"id,at\n"), {"location": "in/bad.xlsx"},
                        "not a workbook, whatever"),
    "page named xlsx": (raw("in/bad.xlsx", b"<html><table>"), {"location": "in/bad.xlsx"},
                        "not a workbook, whatever"),
    "password": (raw("in/bad.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)),
                 {"location": "in/bad.xlsx"}, "protected by a password"),
    "half a workbook": (half_a_workbook, {"location": "in/bad.xlsx"}, "damaged workbook"),
    "zip but no workbook": (zip_but_no_workbook, {"location": "in/bad.xlsx"}, "damaged workbook"),
    "workbook named csv": (
        called("bad.csv", sheet(), "bad.xlsx"), {}, "is a workbook, whatever.*`format: xlsx`"),
    "workbook said to be csv": (
        called("bad", sheet(), "bad.xlsx"), {"location": "in/bad", "format": "csv"},
        "is a workbook, whatever.*`format: xlsx`"),
    "parquet named csv": (
        called("bad.csv", parquet(), "bad.parquet"), {}, "is Parquet, whatever"),
    "old workbook named csv": (
        as_is(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000)), {}, "an old workbook, whatever"),
    "wrong sheet": (sheet(), {"location": "in/bad.xlsx", "sheet": "Scores"},
                    "no sheet 'Scores'.*one of: 'Data'"),
    "sheet 3 of 1": (sheet(), {"location": "in/bad.xlsx", "sheet": 3}, "no sheet 3"),
    "empty sheet": (sheet(rows=()), {"location": "in/bad.xlsx"}, "does not find its columns"),
    "merged header": (sheet(rows=(("About", "", "", "Answer"), HEADER, ROW)),
                      {"location": "in/bad.xlsx"}, "no column 'id'"),
    "sheet with a column twice": (
        sheet(rows=((*HEADER, "score"), (*ROW, "8"))), {"location": "in/bad.xlsx"},
        "'score' is there 2 times"),
    "text named parquet": (raw("in/bad.parquet", b"id,at\n"), {"location": "in/bad.parquet"},
                           "is not Parquet"),
    "damaged parquet": (half_a_parquet, {"location": "in/bad.parquet"}, "is not Parquet"),
    "no rows in parquet": (
        parquet(**{name: ([], pa.string()) for name in HEADER}),
        {"location": "in/bad.parquet"}, "file without records"),
    "list": (parquet(store=([["a"]],)), {"location": "in/bad.parquet"},
             "cannot use column 'store': it holds list"),
    "struct": (parquet(store=([{"a": 1}],)), {"location": "in/bad.parquet"},
               "cannot use column 'store': it holds struct"),
    "duration": (parquet(score=([5], pa.duration("s"))), {"location": "in/bad.parquet"},
                 "cannot use column 'score': it holds duration"),
    "bytes": (parquet(store=([b"\xff"],)), {"location": "in/bad.parquet"},
              "cannot use column 'store': it holds binary"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_an_unusable_file_is_told_and_the_others_land(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_records, "BLOCK_BYTES", 16_384)
    spoil, changes, message = CASES[case]
    home = Home(tmp_path, source())
    home.write("in/good.csv", GOOD)
    home.pull()
    spoil(home)
    location = changes.get("location", "in/*.csv")
    for_all = {"encoding", "header_row", "delimiter"} & set(changes)
    both = location if for_all else ["in/good.csv", location]
    home.source = source(**{**changes, "location": both})

    with pytest.raises(SourceError) as caught:
        home.pull()

    text = caught.value.text()
    assert re.search(message, text.replace("\n", " ")), text
    assert "where:" in text
    assert "mend:" in text
    assert home.state().is_stale
    assert "good.csv" in home.state().inputs
    assert home.landed()["feedback_id"].to_list() == ["F1"]


def test_filters_that_leave_nothing_are_a_mistake(home: Home) -> None:
    home.write("in/a.csv", GOOD)
    home.source = source(filters=[{"column": "store", "keep": ["Shop"]}])
    with pytest.raises(SourceError, match="keeps none of its 1 rows: 1 are left out"):
        home.pull()
    home.write("in/b.csv", GOOD.replace("S1", "shop"))
    assert home.pull().total("rows_kept") == 1


def test_a_file_nobody_may_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write("in/good.csv", GOOD)
    locked = home.write("in/locked.csv", GOOD.replace("F1", "F2"))
    locked.chmod(0)
    if os.access(locked, os.R_OK):  # the superuser may read everything

        def refuse(path: Path) -> str:
            if path == locked:
                raise PermissionError(13, "Permission denied", str(path))
            return "0" * 64

        monkeypatch.setattr("pipelines.landing.content_hash", refuse)

    with pytest.raises(SourceError, match=r"open a file: Permission denied\.\n.*locked\.csv"):
        home.pull()
    assert list(home.state().inputs) == ["good.csv"]


@pytest.mark.parametrize("moment", ["while it is read", "before it is read"])
def test_a_file_that_grows_is_left_for_the_next_run(
    home: Home, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = home.write("in/a.csv", GOOD)
    write, opened = one_file._write, one_file.open_records

    def grow() -> None:
        with path.open("a") as out:
            out.write("F2,2025-01-02,C2,S1,8\n")

    if moment == "while it is read":
        monkeypatch.setattr(one_file, "_write", lambda *a: (write(*a), grow())[0])
    else:
        monkeypatch.setattr(one_file, "open_records", lambda *a: (grow(), opened(*a))[1])
    with pytest.raises(SourceError, match="changed while it was read"):
        home.pull()
    assert home.manifests() == []

    monkeypatch.undo()
    home.pull()
    assert home.landed().height == home.manifests()[0].rows_read >= 2


def test_lines_that_end_in_carriage_returns_only(home: Home) -> None:
    home.write("in/a.csv", GOOD.replace("\n", "\r"))
    home.pull()
    assert home.landed()["feedback_id"].to_list() == ["F1"]


def test_zero_bytes_inside_a_text_are_kept_with_it(home: Home) -> None:
    home.write("in/a.csv", GOOD.replace("S1", "S\x001"))
    home.pull()
    assert home.landed()["location_ref"].to_list() == ["S\x001"]


def test_one_source_never_stops_for_a_wrong_text(home: Home) -> None:
    home.source = source(max_rejected_share=0.5)
    home.write_rows("in/a.csv", [ROW, ("F2", *ROW[1:4], "seven"), ("F3", "soon", *ROW[2:]), ROW])
    assert home.pull().total("rows_rejected") == 2
    assert home.rejects() == [(2, "score", "not_a_number"), (3, "at", "bad_date")]


@pytest.mark.parametrize("fault", [ZeroDivisionError("F1 C1"), Panic("F1 C1")])
def test_an_unexpected_mistake_in_our_code_is_told_as_such_and_the_others_land(
    fault: BaseException, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abc":
        home.write(f"in/{name}.csv", GOOD.replace("F1", f"F{name}"))
    fail_in_b(one_file, fault, monkeypatch)
    with pytest.raises(SourceError) as caught:
        home.pull()

    told = caught.value.text()
    assert f"by a fault of its own: {type(fault).__name__} (pipelines/connectors/" in told
    assert "in/b.csv" in told
    assert "F1" not in told
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert home.state().is_stale
    assert home.landed()["feedback_id"].sort().to_list() == ["Fa", "Fc"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_stops_a_run_stops_it(stop: type, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise stop

    home.write("in/a.csv", GOOD)
    monkeypatch.setattr(one_file, "find_columns", stopped)
    with pytest.raises(stop):
        home.pull()


def test_more_rows_to_leave_out_than_there_are(home: Home) -> None:
    home.source = source(skip_rows=999_999_999)
    home.write("in/a.csv", GOOD)
    with pytest.raises(SourceError, match="file without records"):
        home.pull()
