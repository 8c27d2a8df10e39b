"""The files of a release: equal bytes for equal tables, safe counts, charts that are valid."""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path

import altair as alt
import duckdb
import fastexcel
import jsonschema
import polars as pl
import pytest

from data_checks.registry import all_suites
from pipelines import models
from pipelines.audit.files import QUALITY, quality_findings
from pipelines.audit.pages import read_page
from pipelines.publishing.dictionary_texts import COLUMNS
from pipelines.publishing.sources import SourceRows, source_rows
from pipelines.report.assets import safe_json, vega_chart
from pipelines.report.card import card_png, card_svg
from pipelines.report.catalogue import LANGUAGES, Catalogue, texts
from pipelines.report.charts.units import FOUND, LINE
from pipelines.report.lineage import lineage_page
from pipelines.report.page import data_block, report_sections
from pipelines.report.published import Published
from pipelines.report.quality import quality_page
from pipelines.report.sections.attribution import attribution_sections
from pipelines.report.sections.evidence import evidence_sections
from pipelines.report.sections.section import Context, Section
from pipelines.report.theme import chart_config
from pipelines.report.workbook import estimates_workbook
from tests.browser.made import company, refusals


@cache
def sections(language: str = "en") -> list[Section]:
    """The sections of the company's report, made once."""
    return report_sections(company(), Catalogue(language))


@cache
def vega_lite() -> jsonschema.Draft7Validator:
    """The schema of Altair's charts; its own `validate` copies that for each chart."""
    schema = alt.Root._rootschema
    assert schema["$schema"] == jsonschema.Draft7Validator.META_SCHEMA["$id"]
    checked = jsonschema.Draft7Validator.FORMAT_CHECKER
    return jsonschema.Draft7Validator(schema, format_checker=checked)


def test_a_chart_of_no_such_mark_is_not_valid() -> None:
    spec = copy.deepcopy(next(c for section in sections() for c in section.charts).spec)
    assert vega_lite().is_valid(spec)
    assert not vega_lite().is_valid({**spec, "layer": [{"mark": "smear"}]})
    assert not vega_lite().is_valid({**spec, "widht": 3})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_is_valid_vega_lite(language: str) -> None:
    for chart in [chart for section in sections(language) for chart in section.charts]:
        vega_lite().validate(chart.spec)
        assert chart.spec["width"] == "container", chart.name


def test_every_row_of_a_chart_names_the_published_table_it_is_from() -> None:
    block = data_block(sections(), Catalogue())
    for name in block["tables"]:
        assert name.split("/")[0] in company().tables
    for name, chart in block["charts"].items():
        assert chart["table"] in block["tables"], name
        empty = {part["name"] for part in chart["spec"]["data"] if part.keys() == {"name"}}
        assert chart["table"] in empty, name
        assert empty <= {chart["table"], LINE, FOUND}, name  # these the page fills


def test_charts_are_vega_of_one_configuration() -> None:
    config = json.dumps(chart_config())
    made = [vega_chart(json.dumps(c.spec), config)
            for section in sections() for c in section.charts]  # fmt: skip
    assert len(made) > 10
    assert all(own == made[0][1] for _, own in made)
    assert all("marks" in spec and "config" not in spec for spec, _ in made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_estimate_is_told_in_words(language: str) -> None:
    for table in (company().estimates, refusals().estimates):
        for kind, column in (("effect", "effect_type"), ("component", "component")):
            assert {f"{kind}.{code}" for code in table[column]} <= texts(language).keys()
    rows = next(s for s in sections(language) if s.name == "estimates").tables[0].rows
    lags = [row["subset"] for row in rows if row["lag"] == -1 and row["term"] != "argmax"]
    word = {"en": "Whole window, lag −1", "de": "Ganzes Fenster, Versatz −1"}[language]
    assert lags
    assert {*lags} == {word}


def test_a_change_that_was_searched_for_has_no_interval_in_german() -> None:
    (row,) = company().estimates.filter(estimand="change", component="observed").to_dicts()
    assert row["conf_low"] is None
    assert "(kein Intervall)" in Catalogue("de").sentence(row)


def test_what_reached_no_unit_is_said() -> None:
    coverage = next(s for s in sections() if s.name == "coverage")
    assert "12.7% of what customers said reached no unit." in coverage.says
    assert {c.name for c in coverage.charts} == {"coverage", "rates"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_rates_that_are_all_100_are_said_and_not_drawn(language: str) -> None:
    scores = company().tables["unit_period_scores"]
    text = Catalogue(language)
    for response, said in ((1.0, "coverage.all_rates"), (0.97, None), (None, "coverage.no_rates")):
        share = None if response is None else 1.0
        made = scores.with_columns(
            response_share=pl.lit(response, pl.Float64), attributed_share=pl.lit(share, pl.Float64)
        )
        tables = {**company().tables, "unit_period_scores": made}
        made_of = evidence_sections(Context(Published(tables), text))
        found = next(s for s in made_of if s.name == "coverage")
        assert ("rates" in {c.name for c in found.charts}) == (said is None)
        remarks = {text("coverage.all_rates"), text("coverage.no_rates")} & set(found.says)
        assert remarks == (set() if said is None else {text(said)})


def test_one_way_of_giving_feedback_to_units_is_not_compared() -> None:
    tables = company().tables
    single = {**tables, "linkage_attribution_rules": tables["linkage_attribution_rules"].head(1)}
    assert attribution_sections(Context(Published(single), Catalogue())) == []
    assert "attribution" in [s.name for s in sections()]


def test_equal_tables_give_equal_bytes() -> None:
    text = Catalogue()
    assert estimates_workbook(company(), text) == estimates_workbook(company(), text)
    assert card_svg(company(), text) == card_svg(company(), text)
    first = safe_json(data_block(sections(), text))
    assert first == safe_json(data_block(report_sections(company(), text), text))


def test_the_workbook_holds_the_estimates_and_no_formula() -> None:
    book = estimates_workbook(company(), Catalogue())
    found = fastexcel.read_excel(book).load_sheet("linkage_estimates").to_polars()
    wanted = company().estimates
    assert found.columns == wanted.columns
    assert found["estimate"].cast(pl.Float64).to_list() == wanted["estimate"].to_list()
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/")]
        assert len(sheets) == 3
        assert not any(b"<f>" in parts.read(n) for n in sheets)


@pytest.mark.parametrize("published", [company, refusals])
def test_the_card_is_a_picture_of_the_answer(published) -> None:
    svg = card_svg(published(), Catalogue())
    assert published().primary["x_label"].split()[0] in svg
    assert card_png(svg)[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_quality_page_has_every_check_and_no_small_count(tmp_path: Path) -> None:
    for suite in all_suites():
        rows = [
            {"check": c.name, "outcome": "failed" if c.severity == "warning" else "passed",
             "n_evaluated": 1234, "n_unexpected": 3}
            for c in suite.checks
        ]  # fmt: skip
        (tmp_path / f"{suite.name}.json").write_text(json.dumps(rows))
    (tmp_path / QUALITY).write_text(quality_page(tmp_path, Catalogue(), "A company"), "utf-8")
    assert quality_findings(tmp_path) == []
    page = read_page(tmp_path / QUALITY)
    for suite in all_suites():
        assert f'data-table="{suite.table}"' in page
        assert all(f"<code>{check.name}</code>" in page for check in suite.checks)
    assert "fewer than 10" in page
    assert "1,200" in page
    assert ">3</td>" not in page
    assert "1,234" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quality_page_begins_with_the_sources(tmp_path: Path, language: str) -> None:
    left_out = {"bad_date": 21, "filtered": 3, "no_rule": 12}
    found = [SourceRows("reviews", "customer_feedback", 1, 1921, 1885, left_out)]
    text = Catalogue(language)
    page = quality_page(tmp_path, text, "A company", found)
    (tmp_path / QUALITY).write_text(page, "utf-8")
    assert quality_findings(tmp_path) == []
    assert page.index('id="sources"') < page.index(text("quality.checks"))
    assert 'href="report.html"' in page
    rows = page[page.index('id="sources"') : page.index("</table>")]
    assert rows.count(text.number(1900)) == 2
    assert f"{text.described('the text is not a date in the declared formats')}: 20" in rows
    assert f"{text.described('left out by a filter of the source')}: {text('quality.few')}" in rows
    assert not {"1921", "1,921", "1885"} & set(re.findall(r"[\d,]+", rows))
    assert "<code>values:</code>" in rows
    assert "`" not in page


def test_tables_without_rows_are_not_used_and_come_last(tmp_path: Path) -> None:
    unused = {"actions", "comments"}
    for suite in all_suites():
        n = 0 if suite.table in unused else 1234
        rows = [{"check": c.name, "outcome": "passed", "n_unexpected": 0, "n_evaluated": n}
                for c in suite.checks]  # fmt: skip
        (tmp_path / f"{suite.name}.json").write_text(json.dumps(rows))
    page = quality_page(tmp_path, Catalogue(), "A company")
    raw = [s.table for s in all_suites() if s.schema == "raw"]
    places = sorted(raw, key=lambda table: page.index(f'data-table="{table}"'))
    assert set(places[-2:]) == unused
    assert page.count("not used, no rows") == 2


def test_sources_are_added_up_over_their_batches() -> None:
    with duckdb.connect() as con:
        con.sql("create schema raw")
        con.sql(
            "create table raw.ingest_batches as select * from (values"
            " ('s', 'b1', 'x.csv', 'employee_responses', 100, 97),"
            " ('s', 'b2', 'y.csv', 'employee_responses', 50, 50),"
            " ('t', 'b1', 'z.csv', 'customer_feedback', 7, 7))"
            " as t(source, batch, input, contract_table, rows_read, rows_kept)"
        )
        con.sql(
            "create table raw.rejected_rows as select * from (values"
            " ('s', 'b1', 'bad_date', 1), ('s', 'b1', 'filtered', 2))"
            " as t(source, batch, reason, n_rows)"
        )
        assert source_rows(con) == [
            SourceRows("s", "employee_responses", 2, 150, 147, {"filtered": 2, "bad_date": 1}),
            SourceRows("t", "customer_feedback", 1, 7, 7, {}),
        ]


def test_a_check_without_a_record_is_not_shown_as_passed(tmp_path: Path) -> None:
    page = quality_page(tmp_path, Catalogue(), "A company")
    assert 'data-outcome="passed"' not in page
    assert 'data-outcome="error"' in page


def test_lineage_is_whole_and_names_no_machine() -> None:
    manifest = models.manifest()
    page = lineage_page(manifest)
    assert "INLINE DATA" not in page
    assert str(models.DBT_PROJECT) not in page
    for node in manifest["nodes"].values():
        assert node["name"] in page
    assert page == lineage_page(manifest)


def test_lineage_does_not_depend_on_the_order_of_parsing() -> None:
    manifest = models.manifest()
    turned = copy.deepcopy(manifest)
    turned["nodes"] = dict(reversed(turned["nodes"].items()))
    for node in turned["nodes"].values():
        node["created_at"] = 1.5
        if "nodes" in node.get("depends_on", {}):
            node["depends_on"]["nodes"].reverse()
            node["sources"].reverse()
    turned["metadata"]["invocation_id"] = "another"
    assert lineage_page(turned) == lineage_page(manifest)


def test_dictionary_and_lineage_agree() -> None:
    """A column that dbt describes is not described a second time."""
    for table, columns in models.column_texts("marts").items():
        assert not set(columns) & set(COLUMNS.get(table, {})), table
