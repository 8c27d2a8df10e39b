"""Guards on the panel itself: is this input what it claims to be?

Here: rules that look at raw cells before any estimate (duplicate keys, impossible counts, copies,
shared respondents, missing scores). A ``reject`` finding refuses every row of the measure pair. Not
here: whether a scale changed (``scale_checks``), sample sizes and reliability (``sample_checks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells, cells_of_scored
from pipelines.linkage.panel_columns import (
    COUNTS,
    NUMBERS,
    collected,
    infinite_cells,
    with_scores,
)  # fmt: skip
from pipelines.linkage.reorganisation import reorganisation_findings
from pipelines.linkage.roster import turnover_findings
from pipelines.linkage.sample_checks import least_square
from pipelines.linkage.scale_checks import reversals, scale_breaks
from pipelines.linkage.settings import Settings


def read_panel(
    panel: pl.DataFrame | pl.LazyFrame, settings: Settings
) -> tuple[Cells, list[Finding]]:
    """The cells that enter, and every finding about the input of the measure pair.

    Several questions are put to one panel in turn, so what was last read is kept.
    """
    panel = collected(panel)
    for last in _LAST:
        if last.is_of(panel, settings):
            return last.cells, list(last.findings)
    scored = with_scores(panel)
    cells = cells_of_scored(scored, settings)
    findings = _findings(panel, scored, cells, settings)
    # a copy shares its columns with the panel, but not what becomes of that
    _LAST[:] = [_Read(panel.clone(), settings, cells, tuple(findings))]
    return cells, findings


@dataclass(frozen=True)
class _Read:
    """What was found in a panel under settings."""

    panel: pl.DataFrame
    settings: Settings
    cells: Cells
    findings: tuple[Finding, ...]

    def is_of(self, panel: pl.DataFrame, settings: Settings) -> bool:
        """Whether these are the same columns and options; a table is the same only if it is one."""
        names = [field.name for field in fields(Settings)]
        return (
            all(_is_one(getattr(self.settings, n), getattr(settings, n)) for n in names)
            and panel.schema == self.panel.schema
            and panel.equals(self.panel)
        )


_LAST: list[_Read] = []


def _is_one(option: object, other: object) -> bool:
    is_table = isinstance(option, pl.DataFrame) or isinstance(other, pl.DataFrame)
    return option is other or (not is_table and option == other)


def input_findings(panel: pl.DataFrame, settings: Settings) -> list[Finding]:
    """Every finding about the input of one measure pair."""
    return read_panel(panel, settings)[1]


def _findings(
    panel: pl.DataFrame, scored: pl.DataFrame, cells: Cells, settings: Settings
) -> list[Finding]:
    return [
        *_declared(settings),
        *_shared_people(scored, settings),
        *_keys(scored),
        *_counts(scored),
        *_infinite(panel),
        *_ranges(scored, settings),
        *_individuals(cells),
        *scale_breaks(scored, settings),
        *reversals(cells, cells.x, settings.x_measure),
        *reversals(cells, cells.y, settings.y_measure),
        *_identical(cells),
        *reorganisation_findings(cells),
        *turnover_findings(settings.turnover),
        *_nonresponse(cells),
        *_dropped(cells),
    ]


def _declared(settings: Settings) -> list[Finding]:
    found: list[Finding] = []
    if settings.weights == "inverse_variance":
        found.append(Finding(
            code="inverse_variance_weights", severity="refuse",
            message="Weights from each cell's own variance were asked for; they bias net promoter "
            "scores by tens of points.",
        ))  # fmt: skip
    return found


def _shared_people(panel: pl.DataFrame, settings: Settings) -> list[Finding]:
    """People or sources behind both scores, as declared or as the panel's own columns say.

    ``n_shared``: respondents of a cell found on both sides. ``source_e`` and ``source_c``: where
    each score comes from.
    """
    n_shared, one_source = settings.n_shared_respondents, settings.sources_shared
    if "n_shared" in panel.columns:
        n_shared += int(panel["n_shared"].cast(pl.Float64).fill_null(0).sum())
    if {"source_e", "source_c"} <= set(panel.columns):
        same = panel["source_e"].cast(pl.String) == panel["source_c"].cast(pl.String)
        one_source = one_source or bool(same.fill_null(False).any())
    if not n_shared and not one_source:
        return []
    who = f"{n_shared} respondents feed both measures" if n_shared else "One source feeds both"
    return [Finding(
        code="same_respondents", severity="refuse", n_affected=n_shared,
        message=f"{who}: their errors are not independent.",
    )]  # fmt: skip


def _keys(panel: pl.DataFrame) -> list[Finding]:
    n_extra = len(panel) - panel.select(pl.struct("unit_id", "period_id").hash().n_unique()).item()
    if not n_extra:
        return []
    return [Finding(
        code="duplicate_keys", severity="reject", n_affected=n_extra, n_total=len(panel),
        message=f"{n_extra} of {len(panel)} rows repeat a unit and period that is already there.",
    )]  # fmt: skip


def _broken_counts(value: Mapping[str, np.ndarray]) -> np.ndarray:
    """Rows whose counts cannot be; a number that is not known breaks nothing."""
    kinds = [value[c] for c in COUNTS]
    broken = np.abs(sum(kinds) - value["n_c"]) > 1e-9
    for side in "ec":
        broken |= (value[f"n_{side}"] == 0) & ~np.isnan(value[f"mean_{side}"])
    for kind in kinds:
        broken |= (kind != np.floor(kind)) & ~np.isnan(kind)
    for column in (*COUNTS, "n_e", "n_c", "var_e", "var_c", "headcount"):
        broken |= value[column] < 0
    return broken


def _counts(panel: pl.DataFrame) -> list[Finding]:
    value = {c: panel[c].to_numpy() for c in NUMBERS}
    people = value["headcount"]
    n_broken = int(_broken_counts(value).sum())
    n_more = int(((value["n_e"] > people) & (people > 0)).sum())
    n_known = int((~np.isnan(people)).sum())
    found = []
    if n_broken:
        found.append(Finding(
            code="counts_do_not_add_up", severity="reject", n_affected=n_broken, n_total=len(panel),
            message=f"{n_broken} of {len(panel)} rows have counts that are negative, not whole, "
            "zero beside a score, or do not sum to n_c.",
        ))  # fmt: skip
    if n_more:
        found.append(Finding(
            code="responses_exceed_headcount", severity="warn", n_affected=n_more, n_total=n_known,
            message=f"{n_more} of {n_known} cells have more answers than people on the headcount.",
        ))  # fmt: skip
    return found


def _infinite(panel: pl.DataFrame) -> list[Finding]:
    if not (n := infinite_cells(panel)):
        return []
    return [Finding(
        code="out_of_range", severity="reject", n_affected=n, n_total=len(panel),
        message=f"{n} of {len(panel)} rows hold an infinite number.",
    )]  # fmt: skip


def _ranges(panel: pl.DataFrame, settings: Settings) -> list[Finding]:
    found = []
    counted = panel["promoters"].is_not_null().any()
    y_bounds = settings.y_bounds or ((-100.0, 100.0) if counted else None)
    for column, bounds in (("mean_e", settings.x_bounds), ("mean_c", y_bounds)):
        if bounds is None:
            continue
        slack = 1e-9 * (bounds[1] - bounds[0])
        outside = panel.select(
            (~pl.col(column).is_between(bounds[0] - slack, bounds[1] + slack))
            .fill_null(False)
            .sum()
        ).item()
        if outside:
            found.append(Finding(
                code="out_of_range", severity="reject", n_affected=outside, n_total=len(panel),
                message=f"{outside} cells of {column} lie outside the declared scale "
                f"{bounds[0]:g} to {bounds[1]:g}.",
            ))  # fmt: skip
    return found


def _individuals(cells: Cells) -> list[Finding]:
    if not cells.n_cells or np.isnan(cells.n_x).any():
        return []
    single = int((cells.n_x <= 1).sum())
    if single <= cells.n_cells / 2:
        return []
    return [Finding(
        code="individual_level", severity="refuse", n_affected=single, n_total=cells.n_cells,
        message=f"{single} of {cells.n_cells} cells join a single employee to customers.",
    )]  # fmt: skip


def _identical(cells: Cells) -> list[Finding]:
    """One score is a straight line of the other, over all cells or inside every period."""
    # three or four cells can lie on a line by chance
    if cells.n_cells - cells.n_periods < 9 or cells.x.std() == 0 or cells.y.std() == 0:
        return []
    r = float(np.corrcoef(cells.x, cells.y)[0, 1])
    x, y = (remove_means(v, cells.period, cells.n_periods) for v in (cells.x, cells.y))
    if (x @ x) > least_square(cells.x) and (y @ y) > least_square(cells.y):
        inside = float(x @ y / np.sqrt((x @ x) * (y @ y)))
        r = inside if abs(inside) > abs(r) else r
    if abs(r) <= 0.999:
        return []
    return [Finding(
        code="identical_measures", severity="reject", value=r, threshold=0.999,
        n_affected=cells.n_cells, n_total=cells.n_cells,
        message=f"The two scores are the same numbers (correlation of cells {r:.4f}).",
    )]  # fmt: skip


def _nonresponse(cells: Cells) -> list[Finding]:
    head = cells.frame["headcount"].to_numpy()
    known = np.isfinite(head) & (head > 0) & np.isfinite(cells.n_x)
    if known.sum() < max(0.5 * cells.n_cells, 1):
        return []
    answered = np.bincount(cells.period[known], cells.n_x[known], cells.n_periods)
    asked = np.bincount(cells.period[known], head[known], cells.n_periods)
    rate = float(answered.sum() / asked.sum())
    by_period = answered[asked > 0] / asked[asked > 0]
    swing = float(np.ptp(by_period)) if len(by_period) else 0.0
    if rate >= 0.40 and swing <= 0.15:
        return []
    return [Finding(
        code="nonresponse", severity="warn", value=rate, threshold=0.40,
        n_affected=int(answered.sum()), n_total=int(asked.sum()),
        message=f"{rate:.0%} of the headcount answered; the rate moved by {100 * swing:.0f} points "
        "between periods. Those who stayed silent may feel otherwise.",
    )]  # fmt: skip


def _dropped(cells: Cells) -> list[Finding]:
    if not cells.n_dropped:
        return []
    share = cells.n_dropped / max(cells.n_rows, 1)
    return [Finding(
        code="dropped_rows", severity="warn" if share > 0.20 else "note", value=share,
        threshold=0.20, n_affected=cells.n_dropped, n_total=cells.n_rows,
        message=f"{cells.n_dropped} of {cells.n_rows} cells lack one of the two scores and were "
        "left out, not filled.",
    )]  # fmt: skip
