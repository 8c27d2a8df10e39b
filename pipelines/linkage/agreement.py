"""Aggregation quality: may answers of a team be averaged into one score?

Here: ICC(1) and ICC(2) from cell sums or rows, with their F interval, and the rows of a panel. Not
here: agreement inside teams (``item_agreement``), or reliability as it enters corrected slopes
(``sampling_error``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Unpack

import numpy as np
import polars as pl

from pipelines.linkage.companions import companion
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import Interval, f_p_value, f_quantile, known
from pipelines.linkage.item_agreement import (
    agreement_by_period,
    agreement_rows,
    cell_agreement,
)  # fmt: skip
from pipelines.linkage.panel_columns import one_of
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import is_flat, silent_voice
from pipelines.linkage.settings import Options, Settings

MIN_GROUPS = 10


@dataclass(frozen=True)
class Icc:
    """One-way analysis of variance of answers in groups."""

    icc1: float
    icc1_mean_size: float
    icc2: float
    icc2_low: float
    icc2_high: float
    msb: float
    msw: float
    f: float
    df1: int
    df2: int
    n0: float


def icc_from_cells(
    n: np.ndarray, mean: np.ndarray, var: np.ndarray, *, conf_level: float = 0.95
) -> Icc:
    """ICC(1) and ICC(2) from size, mean and variance of each group.

    ICC(1): share of one answer's variance that is between groups. ICC(2): reliability of group
    means. Both mislead when groups are few or chosen for being extreme, and neither proves that
    members agree. ``MSB = sum n (m - gm)^2 / (k - 1)``, ``MSW = sum (n - 1) var / (N - k)``,
    ``n0 = (N - sum n^2/N) / (k - 1)``, ``ICC1 = (MSB - MSW) / (MSB + (n0 - 1) MSW)``,
    ``ICC2 = (MSB - MSW) / MSB`` with its F interval (Shrout and Fleiss 1979; Bliese 2000).
    ``icc1_mean_size`` puts mean n in place of n0, as the R package multilevel does. A group of one
    adds nothing to MSW.

    >>> icc = icc_from_cells(np.array([5., 5., 5.]), np.array([1., 2., 3.]), np.ones(3))
    >>> round(icc.icc1, 3), round(icc.icc2, 3), icc.df2
    (0.444, 0.8, 12)
    """
    n, mean = np.asarray(n, float), np.asarray(mean, float)
    var = np.where(n > 1, np.nan_to_num(np.asarray(var, float)), 0.0)
    k, total = len(n), n.sum()
    grand = (n * mean).sum() / total
    msb = float((n * (mean - grand) ** 2).sum() / (k - 1))
    msw = float(((n - 1) * var).sum() / (total - k))
    n0 = float((total - (n * n).sum() / total) / (k - 1))
    df1, df2 = k - 1, round(float(total - k))
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.float64(msb) / np.float64(msw)
        icc2 = float(np.float64(msb - msw) / np.float64(msb))
        icc1 = float(np.float64(msb - msw) / (msb + (n0 - 1) * msw))
        icc1_mean_size = float(np.float64(msb - msw) / (msb + (total / k - 1) * msw))
        tail = 0.5 + conf_level / 2
        low = 1 - f_quantile(tail, df1, df2) / f
        high = 1 - 1 / (f * f_quantile(tail, df2, df1))
    return Icc(
        icc1=icc1, icc1_mean_size=icc1_mean_size,
        icc2=icc2, icc2_low=float(low), icc2_high=float(high),
        msb=msb, msw=msw, f=float(f), df1=df1, df2=df2, n0=n0,
    )  # fmt: skip


def one_way_icc(group: np.ndarray, values: np.ndarray, *, conf_level: float = 0.95) -> Icc:
    """ICC from single rows; see ``icc_from_cells``.

    >>> round(one_way_icc(np.array([0, 0, 1, 1]), np.array([1., 2., 3., 5.])).msw, 2)
    1.25
    """
    _, codes = np.unique(group, return_inverse=True)
    n = np.bincount(codes).astype(float)
    mean = np.bincount(codes, weights=values) / n
    squares = np.bincount(codes, weights=(values - mean[codes]) ** 2)
    return icc_from_cells(n, mean, squares / np.maximum(n - 1, 1), conf_level=conf_level)


def aggregation(
    panel: pl.DataFrame | pl.LazyFrame, *, side: Literal["e", "c"] = "e",
    n_options: int | None = None, item_moments: pl.DataFrame | None = None,
    **options: Unpack[Options],
) -> Linkage:  # fmt: skip
    """Whether team scores are more than noise: ICC(1), ICC(2), and agreement inside teams.

    Measures how much of the variance of answers lies between units, and how alike the answers of a
    unit are. It misleads as a proof of validity: teams may agree on what the questions do not mean;
    and rwg is high wherever most answers lie at one end of the scale.

    ``ICC(1) = (MSB - MSW)/(MSB + (n0 - 1) MSW)`` and ``ICC(2) = (MSB - MSW)/MSB`` from n, mean and
    variance of cells (Shrout and Fleiss 1979); ``rwg = 1 - s2/null variance`` (James, Demaree and
    Wolf 1984; LeBreton and Senter 2008).

    With ``item_moments`` (one row per unit, period and item: n, variance, n_options) rwg(j) over
    items; with ``n_options`` alone rwg of the score itself, which then is one question. ICCs are
    computed per period from cell sums and averaged over periods with equal weight; the F rows are
    those of the last period. Reading: ICC(1) below .05, teams hardly differ; ICC(2) below .50, team
    means are too noisy to rank, .50 to .70 with care (Bliese 2000).

    >>> rng = np.random.default_rng(1)
    >>> panel = pl.DataFrame({"unit_id": [f"u{i:02d}" for i in range(40)], "period_id": "p1",
    ...     "n_e": 12, "mean_e": rng.normal(60, 8, 40), "var_e": 225.0,
    ...     "mean_c": rng.normal(0, 1, 40)})
    >>> row = aggregation(panel).row(component="icc2")
    >>> round(row["estimate"], 1), row["n_units"]
    (0.7, 40)
    """
    one_of("side", side, ("e", "c"))
    if n_options is not None and n_options < 2:
        raise ValueError(f"n_options={n_options}: a question has two options or more")
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    term = f"mean_{side}"
    question = Question("aggregation", "respondent", settings, cells, part=side, term=term)
    question.find([f for f in findings if f.severity == "reject" or f.code == "dropped_rows"])
    if cells.n_cells and is_flat(cells.x if side == "e" else cells.y):
        question.find(Finding(
            code="zero_variance", severity="refuse", n_affected=cells.n_cells,
            n_total=cells.n_cells, message="The score has one value in all cells.",
        ))  # fmt: skip
    usable = cells.frame.filter((pl.col(f"n_{side}") >= 2) & pl.col(f"var_{side}").is_not_null())
    per_period = usable.group_by("period_index").len().filter(pl.col("len") >= MIN_GROUPS)
    if not len(per_period):
        is_known = cells.frame.select(
            (pl.col(f"n_{side}").is_not_null() & pl.col(f"var_{side}").is_not_null()).any()
        ).item()
        question.find(silent_voice(cells) or Finding(
            code="too_few_units" if is_known else "counts_unknown", severity="refuse",
            threshold=float(MIN_GROUPS),
            message=f"No period has {MIN_GROUPS} units with two or more answers and a variance.",
        ))  # fmt: skip
        for component in ("icc1", "icc2"):
            question.row(component, "index", method="anova_cells")
        return question.result(companion("linkage_reliability", question.base))
    waves = [usable.filter(period_index=p) for p in sorted(per_period["period_index"].to_list())]
    if item_moments is None and n_options is not None:
        item_moments = usable.select(
            "unit_id", "period_id", pl.lit(term).alias("item_code"), pl.col(f"n_{side}").alias("n"),
            pl.col(f"var_{side}").alias("variance"), pl.lit(n_options).alias("n_options"),
        )  # fmt: skip
    agreement = None if item_moments is None else cell_agreement(usable, item_moments)
    table = _icc_rows(question, waves, side, agreement)
    if agreement is not None:
        agreement_rows(question, agreement)
    return question.result(table)


def _icc_rows(
    question: Question, waves: list[pl.DataFrame], side: str, agreement: pl.DataFrame | None
) -> dict[str, pl.DataFrame]:
    level = question.settings.conf_level
    columns = (f"n_{side}", f"mean_{side}", f"var_{side}")
    each = [icc_from_cells(*(w[c].to_numpy() for c in columns), conf_level=level) for w in waves]
    if all(e.msw == 0 or not np.isfinite(e.icc1) for e in each):
        question.find(Finding(
            code="zero_variance", severity="refuse", message="Answers do not vary inside units.",
        ))  # fmt: skip
    last = each[-1]
    for component, values in (("icc1", [e.icc1 for e in each]), ("icc2", [e.icc2 for e in each])):
        several = len(values) > 1
        question.row(
            component, "index", estimate=known(float(np.mean(values))), method="anova_cells",
            std_error=_spread(values) if several else None,
            interval=Interval(last.icc2_low, last.icc2_high)
            if component == "icc2" and not several else None,
            conf_method="F" if component == "icc2" and not several else None,
        )  # fmt: skip
    for component, value in (("F", last.f), ("MSB", last.msb), ("MSW", last.msw), ("n0", last.n0)):
        question.row(component, "index", estimate=known(value), df=float(last.df1),
                     df2=float(last.df2), method="anova_cells")  # fmt: skip
    question.row(
        "F_test", "index", estimate=known(f_p_value(last.f, last.df1, last.df2)),
        df=float(last.df1), df2=float(last.df2), method="anova_cells",
    )  # fmt: skip
    settings = question.settings
    measure = settings.x_measure if side == "e" else settings.y_measure
    periods = [w["period_index"][0] for w in waves]
    agreed = {} if agreement is None else agreement_by_period(agreement, periods)
    return companion("linkage_reliability", question.base, {
        "measure": [measure] * len(waves), "period_index": periods,
        "n_units": [len(w) for w in waves],
        "n_responses": [int(w[f"n_{side}"].sum()) for w in waves],
        "icc1": [e.icc1 for e in each], "icc2": [e.icc2 for e in each],
        "icc2_low": [e.icc2_low for e in each], "icc2_high": [e.icc2_high for e in each],
        "msb": [e.msb for e in each], "msw": [e.msw for e in each], "n0": [e.n0 for e in each],
        **agreed,
    })  # fmt: skip


def _spread(values: list[float]) -> float | None:
    """Standard error of a mean over periods; null where a period is undefined."""
    if not np.isfinite(values).all():
        return None
    return float(np.std(values, ddof=1) / np.sqrt(len(values)))
