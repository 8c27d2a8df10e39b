"""What an outsider holds: every file of a release, all audiences together, as one set of cells.

What belongs here: reading the files and saying what each table tells. What does not: drawing
conclusions (audit.relations, audit.attacks).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.audit.answers import Answers, answers_of
from pipelines.audit.cells import CELL_TABLES, Cell, cells_of
from pipelines.audit.renamed import under_ids_of

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
    answers: Mapping[str, Answers]
    """What metrics are made of, by the name that is first in keys of cells."""
    cells: dict[tuple[str, ...], Cell] = field(default_factory=dict)
    """Metrics, unit level, unit and period; several releases together: and which release."""
    told_in: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Cells that only an earlier release tells, and which."""

    @cached_property
    def publication(self) -> Mapping:
        """The one row about the release itself."""
        return self.tables["publication"].row(0, named=True)

    def threshold(self, metrics: str) -> int:
        """People promised behind a value."""
        return int(self.publication[f"threshold_{self.voice(metrics)}"])

    def voice(self, metrics: str) -> str:
        """Of the metrics of a cell; participation is of employees."""
        return self.answers[metrics].voice if metrics in self.answers else "employee"

    def n_metrics(self, metrics: str) -> int:
        """How many metrics a cell is of."""
        return len(self.answers[metrics].metrics) if metrics in self.answers else 1

    @cached_property
    def metrics_with(self) -> Mapping[str, str]:
        """Metric -> the metrics of the same answers, as in keys of cells."""
        return {m: name for name, one in self.answers.items() for m in one.metrics}

    def rest(self, metrics: str, kind: str) -> bool | None:
        """Whether totals of a kind of sum hold answers beside their parts; None: no sum."""
        return self._rests[self.voice(metrics)].get(kind, False)

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


def read_releases(folders: Iterable[Path]) -> list[Evidence]:
    """Everything in the Parquet files of releases, all audiences together; the first is judged.

    What metrics are made of is the same in all: as the first of them says that knows the metric.
    The others are read under the ids of the first.
    """
    judged, *others = (_tables(folder) for folder in folders)
    tables = [judged, *(under_ids_of(judged, then) for then in others)]
    catalogues = [t["dim_metrics"] for t in tables]
    catalogue = pl.concat(catalogues, how="diagonal_relaxed").unique("metric_id", keep="first")
    answers = {one.name: one for one in answers_of(catalogue)}
    found = []
    for folder, mine in zip(folders, tables, strict=True):
        cells = {cell.key: cell for cell in cells_of(mine, answers)}
        found.append(Evidence(folder, mine, answers, cells))
    return found


def _tables(folder: Path) -> dict[str, pl.DataFrame]:
    tables: dict[str, pl.DataFrame] = {}
    for path in sorted(folder.glob("*/parquet/*.parquet")):
        found = pl.read_parquet(path)
        if path.stem not in tables or found.height > tables[path.stem].height:
            tables[path.stem] = found
    return tables



def releases_before(candidate: Path, releases: Path) -> list[Path]:
    """Folders of the releases made before this one, the newest first."""
    own = _release_id(candidate)
    found = [p for p in releases.glob("*") if (p / "publication.json").exists()]
    return sorted((p for p in found if _release_id(p) < own), reverse=True)


def _release_id(folder: Path) -> str:
    return json.loads((folder / "publication.json").read_text())["release_id"]
