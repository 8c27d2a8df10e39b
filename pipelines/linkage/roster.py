"""Who answers in a unit from one period to the next: teams that kept a name but not their people.

Here: the pass over pseudonymous answers that counts units whose roster turned over, and the guard
on it. Only counts per period leave it. Not here: shifts of the scores (``reorganisation``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.linkage.guards import Finding
from pipelines.linkage.overlap import PERIOD, PERSON, UNIT
from pipelines.linkage.panel_columns import need_columns

MIN_ROSTER, TURNED = 5, 0.50
MIN_DATES, MIN_UNITS, MIN_TURNED, ABOVE_USUAL = 3, 20, 5, 0.10
COLUMNS = ("period_index", "n_units", "n_turned")


def roster_turnover(answers: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """Units heard in each period and in the one before, and how many of them lost their people.

    Measures whether a unit id goes on with other people, as after a reorganisation nobody recorded.
    It misleads where few answer each time: different people of one crew look like another crew.

    Turned: ``|both| / min(|now|, |before|) < 1/2``, the overlap coefficient (Simpson 1943).
    ``answers`` as for ``respondent_sums``; ``cells`` gives ``period_index``. A unit has turned when
    fewer than half of the smaller of its two rosters answered in both periods; rosters below five
    do not count.

    >>> answers = pl.DataFrame({"unit_id": ["a"] * 10, "period_id": ["1"] * 5 + ["2"] * 5,
    ...     "respondent_key": list("pqrstpqvwx")})
    >>> cells = pl.DataFrame(
    ...     {"unit_id": ["a", "a"], "period_id": ["1", "2"], "period_index": [1, 2]})
    >>> roster_turnover(answers, cells).row(0)
    (2, 1, 1)
    """
    need_columns(answers, (UNIT, PERIOD, PERSON), "answers")
    heard = (
        answers.select(UNIT, PERIOD, PERSON).drop_nulls().unique()
        .join(cells.select(UNIT, PERIOD, "period_index"), on=[UNIT, PERIOD])
        .select(UNIT, pl.col("period_index").alias("t"), PERSON)
    )  # fmt: skip
    size = heard.group_by(UNIT, "t").len("n").filter(pl.col("n") >= MIN_ROSTER)
    before = size.select(UNIT, pl.col("t") + 1, pl.col("n").alias("n_before"))
    again = heard.join(heard.select(UNIT, pl.col("t") + 1, PERSON), on=[UNIT, "t", PERSON])
    both = size.join(before, on=[UNIT, "t"]).join(
        again.group_by(UNIT, "t").len("n_shared"), on=[UNIT, "t"], how="left"
    )
    smaller = pl.min_horizontal("n", "n_before")
    turned = pl.col("n_shared").fill_null(0) < TURNED * smaller
    return (
        both.group_by("t")
        .agg(pl.len().cast(pl.Int64).alias("n_units"), turned.sum().cast(pl.Int64).alias("turned"))
        .sort("t")
        .rename({"t": "period_index", "turned": "n_turned"})
    )


def turnover_findings(turnover: pl.DataFrame | None) -> list[Finding]:
    """A warning at the period in which many more rosters turned over than usual."""
    if turnover is None:
        return []
    need_columns(turnover, COLUMNS, "turnover")
    known = turnover.filter(pl.col("n_units") >= MIN_UNITS).sort("period_index")
    if len(known) < MIN_DATES:
        return []
    share = known["n_turned"].to_numpy() / known["n_units"].to_numpy()
    above = share - np.median(share)
    at = int(above.argmax())
    date, n_units, n_turned = known.select(COLUMNS).row(at)
    if above[at] <= ABOVE_USUAL or n_turned < MIN_TURNED:
        return []
    return [Finding(
        code="reorg_suspected", severity="warn", value=float(share[at]),
        threshold=float(np.median(share) + ABOVE_USUAL), n_affected=n_turned, n_total=n_units,
        message=f"At period index {date}, {n_turned} of {n_units} units share fewer than half of "
        f"their respondents with the period before; usually {np.median(share):.0%} do.",
    )]  # fmt: skip
