"""What the report says in a real browser: its numbers are those of its tables."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page

from pipelines.report.catalogue import Catalogue
from tests.browser.conftest import assert_accessible, assert_readable, opened
from tests.browser.made import company

SECTIONS = ["answer", "units", "corrected", "within", "ladder", "pairs", "lags", "drivers",
            "segments", "curve", "quadrants", "reliability", "change", "coverage", "attribution",
            "estimates", "methods", "provenance"]  # fmt: skip
DRAWN = "crossvoiceViews.scatter.view.data('unit_period_scores/units')"


def numbers(page: Page, section: str) -> list[list[float | None]]:
    """Every row of numbers in a section's tables, as the page holds them."""
    rows = page.locator(f"#{section} table tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.querySelectorAll('[data-value]')].map(c => c.dataset.value))"
    )
    return [[float(v) if v else None for v in row] for row in rows]


def column(page: Page, section: str, place: int) -> list[float | None]:
    return [row[place] for row in numbers(page, section) if len(row) > place]


@pytest.fixture(scope="module")
def page(browser: Browser, report: Path) -> Page:
    page, troubles = opened(browser, report)
    assert troubles == []
    return page


def test_every_section_is_there_with_words_and_a_picture(page: Page) -> None:
    assert page.locator("main > section").evaluate_all("s => s.map(x => x.id)") == SECTIONS
    for name in SECTIONS[1:15]:
        marks = page.locator(f"#{name} .plot svg path, #{name} .plot svg line").count()
        refused = page.locator(f"#{name} .refused").count()
        assert marks + refused > 0, name
        assert page.locator(f"#{name} > p").count() + refused > 0, name


def test_the_first_screen_says_what_the_estimates_say(page: Page) -> None:
    rows = company().estimates.filter("primary", effect_type="slope", component="corrected")
    row = rows.row(0, named=True)
    answer = page.locator(".answer-sentence")
    assert answer.inner_text() == row["sentence"]
    for name, column_name in (("estimate", "estimate"), ("low", "conf_low"), ("high", "conf_high")):
        assert float(answer.get_attribute(f"data-{name}") or "nan") == row[column_name]
    assert page.locator(".stamp .verdict").inner_text() == "Supported"
    for fact in ("n_units", "n_clusters", "n_periods", "n_responses_x", "n_responses_y"):
        shown = page.locator(f"[data-fact={fact}]").get_attribute("data-value")
        assert shown == ("" if row[fact] is None else str(row[fact]))
    drawn = page.evaluate("crossvoiceViews.how_sure.rows[0]")
    r = company().estimates.filter("primary", effect_type="r", component="corrected")
    assert [drawn["low"], drawn["estimate"], drawn["high"]] == [
        r["conf_low"][0], r["estimate"][0], r["conf_high"][0]]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "table", "columns"),
    [
        ("lags", "linkage_lag_profiles", ["lag", "slope", "band_low", "band_high", "n_pairs"]),
        ("curve", "linkage_binned_curves",
         ["bin", "n_units", "mean_x", "mean_y", "conf_low", "conf_high"]),
        ("change", "linkage_period_slopes", ["slope", "std_error"]),
    ],
)  # fmt: skip
def test_numbers_of_a_section_are_those_of_its_table(
    page: Page, section: str, table: str, columns: list[str]
) -> None:
    frame = company().tables[table]
    wanted = [[None if v is None else float(v) for v in row]
              for row in frame.sort(columns[0] if section != "change" else "period_index")
              .select(columns).iter_rows()]  # fmt: skip
    assert numbers(page, section) == wanted


def test_drivers_segments_and_reliability_hold_their_tables_numbers(page: Page) -> None:
    tables = company().tables
    shares = tables["linkage_driver_shares"].filter(component="observed", level="unit")
    assert sorted(column(page, "drivers", 0)) == sorted(shares["share"])
    segments = company().estimates.filter(
        estimand="segment", effect_type="slope", component="observed"
    ).filter(pl.col("segment").is_not_null())
    assert column(page, "segments", 0)[: len(segments)] == segments["estimate"].to_list()
    icc2 = tables["linkage_reliability"]["icc2"].drop_nulls().to_list()
    rules = tables["linkage_attribution_rules"]["estimate"].to_list()
    assert column(page, "attribution", 0) == rules
    assert [row[2] for row in numbers(page, "reliability") if len(row) == 5][-len(icc2):] == icc2


def test_the_table_of_estimates_is_whole_and_can_be_narrowed(page: Page) -> None:
    estimates = company().estimates
    shown = [row[0] for row in numbers(page, "estimates")]
    assert shown == estimates["estimate"].to_list()
    state = page.locator("#estimates-state")
    page.select_option("#estimates [data-rows=question]", "Lag")
    assert state.get_attribute("data-shown") == str(estimates.filter(estimand="lag").height)
    assert page.locator("#all-estimates tbody tr:visible").count() == int(
        state.get_attribute("data-shown") or 0
    )
    page.select_option("#estimates [data-rows=question]", "")


def test_the_points_are_the_units_and_their_line_is_the_estimate(page: Page) -> None:
    points = page.evaluate(DRAWN)
    slope = company().estimates.filter("primary", effect_type="slope", component="observed")
    frame = pl.DataFrame([{"x": p["x"], "y": p["y"]} for p in points])
    fitted = frame.select(pl.cov("x", "y") / pl.col("x").var()).item()
    assert len(points) == 216
    assert fitted == pytest.approx(slope["estimate"][0], rel=0.03)
    line = page.evaluate("crossvoiceViews.scatter.view.data('line')")
    drawn = (line[-1]["y"] - line[0]["y"]) / (line[-1]["x"] - line[0]["x"])
    assert drawn == pytest.approx(slope["estimate"][0], rel=0.01)


def test_filters_choose_among_released_slices_only(page: Page) -> None:
    state = page.locator("#units-state")
    regions = company().tables["unit_period_scores"].filter(region_id="r1")["unit_id"].n_unique()
    page.select_option("#filter-region", "r1")
    assert state.get_attribute("data-shown") == str(regions)
    assert page.evaluate(f"{DRAWN}.every(r => r.region_id === 'r1')")
    assert page.evaluate(f"{DRAWN}.length") == regions
    row = company().estimates.filter(
        estimand="segment", segment="r1", effect_type="slope", component="observed"
    )
    assert Catalogue().number(row["estimate"][0], 2, sign=True) in state.inner_text()
    page.select_option("#filter-period", "p03")
    assert "not estimated by itself" in state.inner_text()
    caption = page.locator('[data-chart="scatter"] figcaption').inner_text()
    assert caption.startswith("Employee engagement \u00d7 Net promoter score")
    assert caption.endswith("region r1 · p03")
    assert page.evaluate("crossvoiceViews.scatter.view.data('line').length") == 0
    page.select_option("#filter-region", "")
    released = company().tables["unit_period_scores"].filter(
        pl.col("employee_score").is_not_null(), period_id="p03")  # fmt: skip
    assert state.get_attribute("data-shown") == str(released.height)
    page.select_option("#filter-period", "")
    for typed in ("u000", "u0007", "u000", "u0007"):  # units stay among those looked for
        page.fill("#find", typed)
        found = page.evaluate("crossvoiceViews.scatter.view.data('found').map(r => r.unit_id)")
        assert found == [f"u{i:04d}" for i in range(10) if f"u{i:04d}".startswith(typed)]
    page.fill("#find", "")


def test_every_chart_says_which_slice_it_shows(page: Page) -> None:
    captions = page.locator("figure.chart figcaption").all_inner_texts()
    assert len(captions) == page.locator("figure.chart").count()
    assert all(captions)


def test_a_pair_is_chosen_among_released_estimates(page: Page) -> None:
    rows = company().estimates.filter(
        pl.col("estimand").is_in(["between", "within"]), effect_type="r"
    ).filter(
        pl.col("component").is_in(["observed", "corrected"]),
        pl.col("method").str.contains("^(unit_means|two_way_fe)"),
    )  # fmt: skip
    assert page.evaluate("crossvoiceViews.pairs.rows.map(r => r.estimate)") == rows[
        "estimate"].to_list()  # fmt: skip
    drawn = "crossvoiceViews.pairs.view.data('linkage_estimates/pairs').map(r => r.estimate)"
    state = page.locator("#pairs-state")
    page.select_option("#pairs [data-rows=question]", "within")
    shown = rows.filter(estimand="within", component="observed")
    assert page.evaluate(drawn) == shown["estimate"].to_list()
    page.select_option("#pairs [data-rows=pair]", "engagement \u00d7 csat")
    row = shown.filter(y_measure="csat").row(0, named=True)
    assert page.evaluate(drawn) == [row["estimate"]]
    assert row["sentence"] in state.inner_text()
    assert page.locator("#pairs figcaption").inner_text() == (
        "Customer satisfaction · Within units · As measured")  # fmt: skip
    page.select_option("#pairs [data-rows=pair]", "")
    page.select_option("#pairs [data-rows=question]", "between")


def test_refusals_are_sentences_and_no_empty_picture(browser: Browser, refused: Path) -> None:
    page, troubles = opened(browser, refused)
    assert troubles == []
    assert page.locator(".stamp .verdict").inner_text() == "Refused"
    for name in ("answer", "corrected", "within", "ladder", "lags", "drivers", "segments", "curve",
                 "change"):  # fmt: skip
        assert page.locator(f"#{name} .refused").count() > 0, name
        assert page.locator(f"#{name} .plot").count() == 0, name
        assert "What would be needed" in page.locator(f"#{name} .refusal").first.inner_text()
    assert_accessible(page)
    assert_readable(page)
    page.close()
