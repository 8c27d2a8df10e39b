"""What an outsider holds: every file of a release, all audiences together, as one set of cells.

What belongs here: reading the files and saying what each table tells. What does not: drawing
conclusions (audit.relations, audit.attacks).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

CELL_TABLES = ("employee_unit_period_metrics", "customer_unit_period_metrics")
"""Tables of cells: counts and scores of groups, one row each."""
SIDE_TABLES = ("unit_period_scores", "unit_period_scores_restated", "unit_period_participation")
"""Tables that tell of the same groups again; the restated one is made of published rows."""
COUNT_TABLES = ("attribution_summary",)
"""Tables of counts over the company, which name no unit."""
ESTIMATE_TABLES = (
    "linkage_estimates", "linkage_guards", "linkage_driver_shares", "linkage_lag_profiles",
    "linkage_binned_curves", "linkage_segment_forests", "linkage_reliability",
    "linkage_period_slopes", "linkage_attribution_rules", "linkage_nonresponse",
)  # fmt: skip
"""Estimates: made from released cells only, which the audit tests by their counts."""
PLAIN_TABLES = (
    "dim_units", "dim_teams", "dim_locations", "dim_metrics", "periods", "data_dictionary",
    "publication",
)  # fmt: skip
"""Names, dates and texts: they tell nothing about answers."""
TEXT_TABLES = ("employee_comments", "customer_comments")
"""Redacted comments of groups of at least ten people."""
KNOWN_TABLES = (
    *CELL_TABLES, *SIDE_TABLES, *COUNT_TABLES, *ESTIMATE_TABLES, *PLAIN_TABLES, *TEXT_TABLES,
)  # fmt: skip
"""Every table the audit knows how to read; another one fails it until it is declared here."""
NO_SUM = " (no sum)"
"""What follows a kind of total that is less than its parts somewhere."""
STEP = 0.1
"""Step values are rounded to."""
WHOLE, ONE_ANSWER = ("top_box", "net_promoter"), 100.0
"""Kinds whose score sum is a whole number of answers: a rounded value tells it exactly."""


@dataclass(frozen=True)
class Cell:
    """One group as released: its count and score sum if shown, nothing if not."""

    key: tuple[str, ...]
    """Metric, unit level, unit, period."""
    answers: int | None = None
    low: float = 0.0
    high: float = 0.0
    """Score sum, between what rounding leaves open."""
    is_never_counted: bool = False
    """The source did not give it: totals may hold its answers or not."""

    @property
    def is_hidden(self) -> bool:
        """The row is there, its numbers are not."""
        return self.answers is None


@dataclass(frozen=True)
class Finding:
    """A hidden value that can be worked out, or nearly: which attack, which tables, how."""

    attack: str
    sentence: str


@dataclass
class Evidence:
    """Everything one release tells."""

    folder: Path
    tables: Mapping[str, pl.DataFrame]
    cells: dict[tuple[str, ...], Cell] = field(default_factory=dict)
    """Metric, unit level, unit and period; several releases together: and which release."""
    told_in: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Cells that an earlier release tells, and which."""

    @cached_property
    def publication(self) -> Mapping:
        """The one row about the release itself."""
        return self.tables["publication"].row(0, named=True)

    def threshold(self, metric: str) -> int:
        """People promised behind a value of the metric."""
        return int(self.publication[f"threshold_{self.voices.get(metric, 'employee')}"])

    @cached_property
    def voices(self) -> Mapping[str, str]:
        """Metric -> voice."""
        return dict(self.tables["dim_metrics"].select("metric_id", "voice").iter_rows())

    def rest(self, metric: str, kind: str) -> bool | None:
        """Whether totals of a kind of sum hold answers beside their parts; None: no sum."""
        return self._rests[self.voices.get(metric, "employee")].get(kind, False)

    @cached_property
    def _rests(self) -> Mapping[str, dict[str, bool | None]]:
        """As the release says; one that does not say it is attacked as if all added up."""
        found: dict[str, dict[str, bool | None]] = {}
        for voice in ("employee", "customer"):
            text = self.publication.get(f"partial_sums_{voice}") or ""
            kinds = [kind for kind in text.split(", ") if kind]
            found[voice] = {
                kind.removesuffix(NO_SUM): None if kind.endswith(NO_SUM) else True for kind in kinds
            }
        return found

    @cached_property
    def scales(self) -> Mapping[str, tuple[float, float]]:
        """Metric -> lowest and highest score of one answer."""
        found = self.tables["dim_metrics"].select("metric_id", "value_min", "value_max")
        return {m: (low, high) for m, low, high in found.iter_rows()}


def read_evidence(folder: Path) -> Evidence:
    """Everything in the Parquet files of a release or candidate, all audiences together."""
    tables: dict[str, pl.DataFrame] = {}
    for path in sorted(folder.glob("*/parquet/*.parquet")):
        found = pl.read_parquet(path)
        if path.stem not in tables or found.height > tables[path.stem].height:
            tables[path.stem] = found
    evidence = Evidence(folder, tables)
    for cell in _cells(evidence):
        evidence.cells[cell.key] = cell
    return evidence


def _cells(evidence: Evidence) -> Iterator[Cell]:
    kinds = dict(evidence.tables["dim_metrics"].select("metric_id", "metric_kind").iter_rows())
    for name in CELL_TABLES:
        if name not in evidence.tables:
            continue
        for *key, reason, n, value, up, down in _rows(evidence.tables[name]):
            if reason != "released":
                yield Cell(tuple(key), is_never_counted=reason == "suppressed_at_source")
            elif n is not None:
                yield Cell(tuple(key), n, *_score_sum(n, value, up, down, kinds.get(key[0])))
    if "unit_period_participation" in evidence.tables:
        for row in evidence.tables["unit_period_participation"].iter_rows(named=True):
            metric = f"participation in {row['survey']}"
            key = (metric, row["unit_level"], row["unit_id"], row["period_id"])
            yield Cell(key, row["n_responded"]) if row["reason_code"] == "released" else Cell(key)


def _rows(table: pl.DataFrame) -> Iterator[tuple]:
    """Keys and numbers of cells, in this order."""
    return table.select(
        "metric_id", "unit_level", "unit_id", "period_id", "reason_code", "n_responses", "value",
        "promoters", "detractors",
    ).iter_rows()  # fmt: skip


def _score_sum(
    n: int, value: float | None, promoters: int | None, detractors: int | None, kind: str | None
) -> tuple[float, float]:
    """The score sum, exactly where counts tell it, else as rounding leaves it."""
    if promoters is not None and detractors is not None:
        total = ONE_ANSWER * (promoters - detractors)
        return total, total
    if value is None:
        return -100.0 * n, 100.0 * n
    if kind in WHOLE and STEP * n < ONE_ANSWER:
        total = ONE_ANSWER * round(n * value / ONE_ANSWER)
        return total, total
    return n * (value - STEP / 2), n * (value + STEP / 2)


def releases_before(candidate: Path, releases: Path) -> list[Path]:
    """Folders of the releases made before this one, the newest first."""
    own = _release_id(candidate)
    found = [p for p in releases.glob("*") if (p / "publication.json").exists()]
    return sorted((p for p in found if _release_id(p) < own), reverse=True)


def _release_id(folder: Path) -> str:
    return json.loads((folder / "publication.json").read_text())["release_id"]
