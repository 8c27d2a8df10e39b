"""The first screen: the picture never says otherwise than the verdict."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.report.catalogue import Catalogue
from pipelines.report.page import report_sections
from pipelines.report.sections.answer import _sure_words, how_sure_row
from pipelines.report.sections.section import Context
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
