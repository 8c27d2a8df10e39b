"""The first screen: the picture never says otherwise than the verdict."""

from __future__ import annotations

import json
import warnings
from typing import Any

import polars as pl
import pytest

from pipelines.linkage.sentences import sentence
from pipelines.report.catalogue import LANGUAGES, Catalogue
from pipelines.report.page import report_sections, slice_words
from pipelines.report.published import Published
from pipelines.report.sections.answer import _sure_words, how_sure_row
from pipelines.report.sections.section import Context
from pipelines.report.slices import window_cells
from tests.browser.made import company


def row(component: str, low: float | None, high: float | None, **more: Any) -> dict[str, Any]:
    """A row of the primary question with an interval."""
    return {"effect_type": "r", "component": component, "method": "unit_means/1", "estimate": 0.1,
            "conf_low": low, "conf_high": high, "sesoi": 0.1, "verdict": "supported",
            **more}  # fmt: skip


def test_the_corrected_interval_is_pictured_when_it_agrees_with_the_verdict() -> None:
    observed, corrected = row("observed", 0.1, 0.3), row("corrected", 0.1, 0.5)
    assert how_sure_row([observed, corrected]) is corrected


def test_the_measured_one_is_pictured_when_the_corrected_would_say_otherwise() -> None:
    observed, corrected = row("observed", 0.01, 0.3), row("corrected", -0.02, 0.5)
    assert how_sure_row([observed, corrected]) is observed


def test_a_smallest_effect_in_points_is_pictured_beside_slopes() -> None:
    slope = row("observed", 0.2, 0.6, effect_type="slope", sesoi=0.3)
    assert how_sure_row([row("observed", 0.1, 0.3, sesoi=None), slope]) is slope


@pytest.mark.parametrize(
    ("low", "high", "more", "said"),
    [
        (0.2, 0.5, {}, "larger than the smallest one that matters"),
        (0.05, 0.5, {}, "may be too small to matter"),
        (-0.05, 0.05, {"verdict": "practically_none"}, "inside the grey zone"),
        (-0.05, 0.11, {"verdict": "practically_none"}, "a little beyond the grey zone"),
        (-0.2, 0.3, {"verdict": "inconclusive"}, "these data cannot tell"),
        (0.2, 0.5, {"sesoi": None}, "was not declared"),
        (-0.2, 0.5, {"sesoi": None}, "cannot tell"),
        (None, None, {}, "no bounds"),
    ],
)
def test_the_words_follow_the_place_of_the_interval(
    low: float | None, high: float | None, more: dict[str, Any], said: str
) -> None:
    context = Context(company(), Catalogue())
    assert said in _sure_words(context, row("observed", low, high, **more))


def test_names_of_items_reach_the_drivers() -> None:
    text = Catalogue("en", {"item.q1": "My manager listens", "item.q2": "I have the tools"})
    drivers = next(s for s in report_sections(company(), text) if s.name == "drivers")
    names = {r["label"] for r in drivers.charts[0].rows}
    assert {"My manager listens", "I have the tools", "q3"} == names
    estimates = next(s for s in report_sections(company(), text) if s.name == "estimates")
    assert any("My manager listens" in r["subset"] for r in estimates.tables[0].rows)


def of_points() -> Published:
    """The company when every unit is by itself and both scores are from 0 to 100."""
    tables = dict(company().tables)
    tables["linkage_estimates"] = company().estimates.with_columns(
        cluster=pl.lit("unit_id"), n_clusters=pl.col("n_units"), unit_y=pl.lit("points")
    )
    return Published(tables)


@pytest.mark.parametrize("language", LANGUAGES)
def test_scores_of_100_say_so_once_and_on_both_axes(language: str) -> None:
    made = {s.name: s for s in report_sections(of_points(), Catalogue(language))}
    drawn = json.dumps(made["units"].charts[0].spec, ensure_ascii=False)
    assert "Net promoter score (0–100)" in drawn
    assert "Employee engagement (0–100)" in drawn
    assert "−100" not in made["answer"].extra["scale"]
    other = report_sections(company(), Catalogue(language))[0]
    assert "−100" in other.extra["scale"]


def test_units_each_by_itself_are_counted_once() -> None:
    facts = {f["key"] for f in report_sections(of_points(), Catalogue())[0].extra["facts"]}
    assert {"n_units", "n_periods"} < facts
    assert "n_clusters" not in facts
    assert "n_clusters" in {
        f["key"] for f in report_sections(company(), Catalogue())[0].extra["facts"]
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_units_each_by_itself_are_in_no_groups(language: str) -> None:
    refused = {"verdict": "refused", "guard_code": "too_few_units", "n_units": 32, "n_clusters": 32,
               "cluster": "unit_id", "n_periods": 2}  # fmt: skip
    said = Catalogue(language).sentence({**refused, "sentence": sentence(refused)})
    assert said.startswith({"en": "Only 32 units: ", "de": "Nur 32 Einheiten: "}[language])
    grouped = {**refused, "cluster": "location_id", "n_clusters": 7}
    said = Catalogue(language).sentence({**grouped, "sentence": sentence(grouped)})
    assert {"en": "in 7 locations: ", "de": "in 7 Gruppen: "}[language] in said


def test_rows_of_one_question_are_told_apart_by_their_method() -> None:
    rows = report_sections(company(), Catalogue())
    rows = next(s for s in rows if s.name == "estimates").tables[0].rows
    r = [row["kind"] for row in rows if row["primary"] and row["effect_type"] == "r"]
    assert len(set(r)) == len(r)
    assert "r, As measured, Pearson, jackknife interval" in r
    assert "r, As measured, Spearman (ranks)" in r


def test_a_window_without_a_score_has_no_days_and_no_cells() -> None:
    tables = dict(company().tables)
    days = {k: pl.lit(None, pl.Date) for k in ("period_start", "period_end")}
    tables["linkage_estimates"] = tables["linkage_estimates"].with_columns(**days)
    published = Published(tables)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert window_cells(published).is_empty()
    assert slice_words(published.primary, Catalogue()) == ""
