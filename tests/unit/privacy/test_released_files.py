"""No file of a release tells more than its tables: a leak planted in each kind of file is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
import xlsxwriter

from pipelines.audit.evidence import Finding
from pipelines.audit.report import audit_release
from pipelines.audit.told import Told
from tests.unit.privacy.planted import PLANTED
from tests.unit.privacy.release_files import publish

ESTIMATES = pl.DataFrame({
    "question_id": ["q"], "x_measure": ["engagement"], "n_units": [4], "estimate": [0.52],
    "conf_low": [0.1], "conf_high": [0.9], "std_error": [2.34e-12],
})  # fmt: skip
PAGE = """<html lang="en"><body><p>The slope is 0.52 (0.10 to 0.90).</p><table>{rows}</table>
<script type="application/json" id="report-data">{data}</script></body></html>"""
ROW = "<tr><td>{unit}</td><td>m1</td><td>{n}</td></tr>"


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release with one file of every kind."""
    folder = tmp_path_factory.mktemp("honest")
    publish(PLANTED["parent minus siblings"], folder)
    release = folder / "r1"
    (release / "all").rename(release / "shared")
    parquet = release / "shared" / "parquet"
    ESTIMATES.write_parquet(parquet / "linkage_estimates.parquet")
    with duckdb.connect(str(release / "shared" / "crossvoice.duckdb")) as con:
        for path in parquet.iterdir():
            con.sql(f"create table {path.stem} as from '{path}'")
    write_page(release / "report.html", "D@Oslo", 12)
    (release / "card.svg").write_text("<svg><text>slope 0.52</text></svg>")
    words = "usually about 0.16; p < 0.001"
    (release / "card.txt").write_text(f"slope  0.52  0.10 to 0.90\n4 units\n{words}\n")
    (release / "data_quality.html").write_text(
        "<table><tr><td>score_within_<wbr>0_<wbr>to_<wbr>1</td><td>30</td></tr></table>"
    )
    (release / "lineage.html").write_text("<p>unit_period_metrics</p>")
    write_workbook(release / "linkage_estimates.xlsx", 0.52)
    return release


def write_page(path: Path, unit: str, n: float) -> None:
    data = {"tables": {"cells": {"columns": ["unit_id", "period_id", "n"],
                                 "values": [[unit], ["m1"], [n]]}}}  # fmt: skip
    path.write_text(PAGE.format(rows=ROW.format(unit=unit, n=n), data=json.dumps(data)))


def write_workbook(path: Path, estimate: float) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("linkage_estimates")
        for i, (name, value) in enumerate(ESTIMATES.row(0, named=True).items()):
            sheet.write(0, i, name)
            sheet.write(1, i, estimate if name == "estimate" else value)


def in_database(release: Path, statement: str) -> None:
    with duckdb.connect(str(release / "shared" / "crossvoice.duckdb")) as con:
        con.sql(statement)


def a_copy_with_more(release: Path) -> None:
    path = release / "shared" / "parquet" / "employee_unit_period_metrics.parquet"
    hidden = pl.col("n_responses").is_null()
    (release / "hr" / "parquet").mkdir(parents=True)
    table = pl.read_parquet(path).with_columns(pl.when(hidden).then(3).otherwise("n_responses")
                                               .cast(pl.Int64).alias("n_responses"))  # fmt: skip
    table.write_parquet(release / "hr" / "parquet" / path.name)


LEAKS: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "a hidden count in the DuckDB file": (
        "shared/crossvoice.duckdb", "file_differs",
        lambda r: in_database(r, "update employee_unit_period_metrics set n_responses = 3"
                                 " where n_responses is null"),
    ),
    "a further table in the DuckDB file": (
        "shared/crossvoice.duckdb", "file_differs",
        lambda r: in_database(r, "create table jackknife as select 'C@Bergen' as u, 0.5 as t"),
    ),
    "a copy of a table with more in it": (
        "shared/parquet/employee_unit_period_metrics.parquet", "file_differs", a_copy_with_more,
    ),
    "a hidden count in the report": (
        "report.html", "untold_number",
        lambda r: (r / "report.html").write_text(
            PAGE.format(rows=ROW.format(unit="C@Bergen", n=3), data="{}")),
    ),
    "a hidden count behind a chart": (
        "report.html", "untold_number",
        lambda r: (r / "report.html").write_text(PAGE.format(rows="", data=json.dumps(
            {"tables": {"t": [{"unit_id": "C@Bergen", "period_id": "m1", "n": 3}]}}))),
    ),
    "an unrounded estimate in the report": (
        "report.html", "untold_number",
        lambda r: (r / "report.html").write_text(
            PAGE.format(rows="", data="{}").replace("0.52", "0.51873")),
    ),
    "an unrounded estimate on the card": (
        "card.txt", "untold_number", lambda r: (r / "card.txt").write_text("slope 0.51873"),
    ),
    "an unrounded estimate in the drawing": (
        "card.svg", "untold_number",
        lambda r: (r / "card.svg").write_text("<svg><text>slope 0.51873</text></svg>"),
    ),
    "an unrounded estimate in the workbook": (
        "linkage_estimates.xlsx", "file_differs",
        lambda r: write_workbook(r / "linkage_estimates.xlsx", 0.51873),
    ),
    "a small count of checks": (
        "data_quality.html", "small_count",
        lambda r: (r / "data_quality.html").write_text(
            "<table><tr><td>score_within_scale</td><td>3</td></tr></table>"),
    ),
    "a unit on the page of definitions": (
        "lineage.html", "hidden_in_file",
        lambda r: (r / "lineage.html").write_text("<p>C1@Bergen C@Bergen</p>"),
    ),
    "a unit whose name may break": (
        "lineage.html", "hidden_in_file",
        lambda r: (r / "lineage.html").write_text("<p>C@<wbr>Bergen</p>"),
    ),
    "a number beside the publication": (
        "publication.json", "file_differs",
        lambda r: (r / "publication.json").write_text('{"release_id": "r1", "n_in_C": 3}'),
    ),
    "a log": ("logs/run.log", "unknown_file", lambda r: (
        (r / "logs").mkdir(), (r / "logs" / "run.log").write_text("C@Bergen 3"))),
}  # fmt: skip


def findings(release: Path) -> tuple[Finding, ...]:
    return audit_release(release, release.parent).findings


def test_an_honest_release_passes(honest: Path) -> None:
    assert findings(honest) == ()


@pytest.mark.parametrize("leak", LEAKS)
def test_a_planted_leak_is_found_and_the_file_named(
    leak: str, honest: Path, tmp_path: Path
) -> None:
    name, attack, plant = LEAKS[leak]
    shutil.copytree(honest, tmp_path / "r1")
    plant(tmp_path / "r1")
    found = findings(tmp_path / "r1")
    assert (attack, name) in [(f.attack, f.sentence.split(": ")[0]) for f in found], found


def test_an_id_that_stands_in_the_code_names_nobody_on_pages_made_from_code(
    honest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stores are called L1, teams T1@L1, and so are those of the examples in the models' tests."""
    monkeypatch.setattr(Told, "_ids", {"L1", "T1@L1", "G3", "Zwolle-7"})
    release = tmp_path / "r1"
    shutil.copytree(honest, release)
    page = release / "lineage.html"
    page.write_text("<p>L1 T1@L1 G3</p>")
    assert findings(release) == ()
    page.write_text("<p>L1 T1@L1 G3 Zwolle-7</p>")
    (found,) = findings(release)
    assert "lineage.html: names Zwolle-7" in found.sentence


@pytest.mark.parametrize(
    ("cells", "is_leak"),
    [
        (("Engagement", "m1", "4", "0.52"), False),
        (("m1", "employee", "0.52"), False),
        (("m1", "m1", "0.52"), False),
        (("Service", "m1", "0.52"), False),
        (("4", "m1", "0.52"), True),
    ],
)
def test_what_is_also_the_name_of_a_store_names_no_store(
    cells: tuple[str, ...], is_leak: bool, honest: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Stores called 1 to 4, one as a period, one as a metric; n = 4 stands beside estimates."""
    monkeypatch.setattr(Told, "_metrics", {"Service"})
    monkeypatch.setattr(Told, "_names", {
        "unit": {"4": {"4"}, "m1": {"m1"}, "Service": {"S"}},
        "team": {}, "location": {}, "region": {},
    })  # fmt: skip
    release = tmp_path / "r1"
    shutil.copytree(honest, release)
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    (release / "report.html").write_text(PAGE.format(rows=f"<tr>{row}</tr>", data="{}"))
    assert [f.attack for f in findings(release)] == ["untold_number"] * is_leak


def test_a_number_behind_a_chart_that_is_a_text_is_a_name(
    honest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Told, "_names", {
        "unit": {"4": {"4"}}, "team": {}, "location": {}, "region": {},
    })  # fmt: skip
    release = tmp_path / "r1"
    shutil.copytree(honest, release)
    values = [["unit"], ["4"], ["m1"], [0.52]]
    data = {"tables": {"cells": {"columns": ["unit_level", "unit_id", "period_id", "score"],
                                 "values": values}}}  # fmt: skip
    (release / "report.html").write_text(PAGE.format(rows="", data=json.dumps(data)))
    assert [f.attack for f in findings(release)] == ["untold_number"]
