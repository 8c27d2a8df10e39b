"""Questions that customers answer in one event have one count: it is hidden in all of them."""

from __future__ import annotations

import polars as pl

from pipelines.privacy.atoms import Places
from pipelines.privacy.cell_blocks import families
from pipelines.privacy.mask import publication_mask
from pipelines.program.sections import Metric, Privacy

METRICS = [
    Metric(id=name, voice="customer", kind="mean", items=[name]) for name in ("csat", "ease")
]
UNITS = {"a": (2, 50.0, 95.0), "b": (6, 50.0, 100.0), "c": (7, 50.0, 40.0), "d": (30, 50.0, 50.0)}
"""Unit -> answers and both scores."""


def mask(asked_together: list[frozenset[str]]) -> dict[str, set[str]]:
    """Hidden units by metric; all lie in one place, whose total is the company's."""
    rows = []
    for i, metric in enumerate(METRICS, start=1):
        whole = sum(told[0] for told in UNITS.values())
        score = sum(told[0] * told[i] for told in UNITS.values()) / whole
        cells = {("unit", u): (told[0], told[i]) for u, told in UNITS.items()}
        cells |= {(level, level): (whole, score) for level in ("location", "company")}
        rows += [
            {"unit_level": level, "unit_id": unit, "period_id": "p", "metric_id": metric.id,
             "voice": "customer", "n_responses": n, "n_people": n, "value": value,
             "promoters": None, "detractors": None, "suppressed_at_source": False}
            for (level, unit), (n, value) in cells.items()
        ]  # fmt: skip
    places = Places({u: (u, "location") for u in UNITS}, {"location": None})
    found = publication_mask(
        pl.DataFrame(rows, infer_schema_length=None), Privacy(), METRICS, places,
        answer_scales={}, asked_together=asked_together,
    ).filter(~pl.col("is_released"))  # fmt: skip
    return {m.id: set(found.filter(metric_id=m.id)["unit_id"]) for m in METRICS}


def test_a_count_hidden_in_one_is_not_told_by_another() -> None:
    apart = mask([])
    assert apart["csat"] != apart["ease"]  # the weakened build: each count is somewhere
    together = mask([frozenset({"csat", "ease"})])
    assert together["csat"] == together["ease"] >= {"a"}


def test_metrics_of_one_event_are_a_family() -> None:
    assert len(set(families(METRICS, []).values())) == 2
    assert len(set(families(METRICS, [frozenset({"csat", "ease"})]).values())) == 1
    assert (
        len(set(families(METRICS, [frozenset({"csat", "x"}), frozenset({"ease"})]).values())) == 2
    )
