"""Files like the given misuse files: the clean panel spoilt in other ways, or just not enough.

Every estimator must give the verdict, and the near miss must not.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from reading import as_panel, nps, table
from test_misuse import ESTIMATORS, WHOLE

INDEX = pl.int_range(pl.len())
COUNTS = ("promoters", "passives", "detractors")
CHANGE = ("within", "lag")


def _score(data: pl.DataFrame) -> pl.DataFrame:
    """The net promoter score as a mean, without its counts."""
    return nps(data).rename({"nps": "mean_c"}).drop(COUNTS)


def _at(period: int, changed: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("period") == period).then(changed).otherwise(pl.col("mean_e"))


def _late(changed: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("period") >= 5).then(changed).otherwise(pl.col("mean_e"))


def _blurred(data: pl.DataFrame, sd: float) -> pl.DataFrame:
    """The first employee survey of every unit in all its periods, with noise of this size."""
    first = pl.col("n_e", "mean_e", "var_e").first().over("unit")
    noise = pl.Series(np.random.default_rng(2).normal(0, sd, len(data)))
    return data.sort("unit", "period").with_columns(first).with_columns(
        pl.col("mean_e") + noise, n_e=pl.col("n_e") + pl.col("period") % 2
    )  # fmt: skip


def _copied(data: pl.DataFrame, every: int) -> pl.DataFrame:
    """Every so-many-th cell repeats the employee survey before it."""
    data = data.sort("unit", "period")
    follows = pl.col("unit") == pl.col("unit").shift(1)
    chosen = follows & (INDEX % every == 0)
    return data.with_columns(
        pl.when(chosen).then(pl.col(c).shift(1)).otherwise(pl.col(c)).alias(c)
        for c in ("n_e", "mean_e", "var_e")
    )


CASES = {
    # name: (severity, codes allowed to decide, estimators, how to spoil, a near miss)
    "one_location": ("refuse", {"one_cluster", "too_few_units"}, (*WHOLE, "segment"),
                     lambda d: d.with_columns(location=1), lambda d: d),
    "constant_employees": ("refuse", {"zero_variance"}, WHOLE,
                           lambda d: d.with_columns(mean_e=3.5), lambda d: d),
    "constant_customers": ("refuse", {"zero_variance"}, WHOLE,
                           lambda d: d.with_columns(promoters=5, passives=5, detractors=5, n_c=15),
                           lambda d: d),
    "one_employee_score_per_period": (
        "refuse", {"zero_variance", "no_within_variation"},
        ("between", "within", "lag", "adjusted", "contrast", "change", "nonlinear"),
        lambda d: d.with_columns(mean_e=3 + pl.col("period") / 10),
        lambda d: d.with_columns(mean_e=pl.col("mean_e") + pl.col("period") / 10)),
    "rounding_error_of_one_score": (
        "refuse", {"zero_variance"}, (*WHOLE, "aggregation", "segment", "power"),
        lambda d: d.with_columns(mean_e=3.1 + pl.col("period") * 1e-14), lambda d: d),
    "share_in_place_of_points": (
        "reject", {"scale_break"}, WHOLE,
        lambda d: _score(d).with_columns(mean_c=pl.when(pl.col("period") >= 5)
                                         .then(pl.col("mean_c") / 200 + 0.5).otherwise("mean_c")),
        lambda d: _score(d).with_columns(mean_c=pl.when(pl.col("period") >= 5)
                                         .then(pl.col("mean_c") / 5).otherwise("mean_c"))),
    "a_wider_scale_from_mid_year": (
        "reject", {"scale_break"}, WHOLE,
        lambda d: d.with_columns(mean_e=_late(pl.col("mean_e") * 2.25 - 1.25)),
        lambda d: d.with_columns(mean_e=_late(pl.col("mean_e") + 2.5))),
    "a_wider_scale_with_zero": (
        "reject", {"scale_break"}, WHOLE,
        lambda d: d.with_columns(mean_e=_late(pl.col("mean_e") * 2.5 - 2.5)),
        lambda d: d.with_columns(mean_e=_late(pl.col("mean_e") * 2.5 - 5.4))),
    "points_from_0_to_100": (
        "reject", {"scale_break"}, WHOLE,
        lambda d: _score(d).with_columns(mean_c=pl.when(pl.col("period") >= 5)
                                         .then(pl.col("mean_c") / 2 + 50).otherwise("mean_c")),
        lambda d: _score(d).with_columns(mean_c=pl.col("mean_c") / 2 + 50)),
    "copied_and_blurred": (
        "refuse", {"no_within_variation"}, CHANGE, lambda d: _blurred(d, 0.01),
        lambda d: _blurred(d, 0.15)),
    "copied_and_rounded": (
        "refuse", {"no_within_variation"}, CHANGE,
        lambda d: _blurred(d, 0.0).with_columns(mean_e=pl.when(pl.col("period") % 2 == 0)
                                                .then(pl.col("mean_e").round(1))
                                                .otherwise("mean_e")),
        lambda d: d.with_columns(mean_e=pl.col("mean_e").round(1))),
    "customers_never_move": ("refuse", {"no_within_variation"}, CHANGE,
                             lambda d: d.sort("unit", "period").with_columns(
                                 pl.col(*COUNTS, "n_c").first().over("unit")), lambda d: d),
    "negative_count": ("reject", {"counts_do_not_add_up"}, WHOLE, lambda d: d.with_columns(
        detractors=pl.when(INDEX == 3).then(-1).otherwise("detractors")), lambda d: d),
    "parts_of_a_customer": (
        "reject", {"counts_do_not_add_up"}, WHOLE,
        lambda d: d.with_columns(
            promoters=pl.when(INDEX == 3).then(pl.col("promoters") + 0.5).otherwise("promoters"),
            passives=pl.when(INDEX == 3).then(pl.col("passives") - 0.5).otherwise("passives")),
        lambda d: d.with_columns(pl.col(*COUNTS).cast(pl.Float64))),
    "fewer_than_no_people": ("reject", {"counts_do_not_add_up"}, WHOLE, lambda d: d.with_columns(
        headcount=pl.when(INDEX == 3).then(-5).otherwise("headcount")), lambda d: d.with_columns(
        headcount=pl.when(INDEX == 3).then(0).otherwise("headcount"))),
    "score_of_nobody": ("reject", {"counts_do_not_add_up"}, WHOLE, lambda d: d.with_columns(
        n_e=pl.when(INDEX == 3).then(0).otherwise("n_e")), lambda d: d.with_columns(
        n_e=pl.when(INDEX == 3).then(2).otherwise("n_e"))),
    "two_surveys_in_one": ("reject", {"identical_measures"}, WHOLE,
                           lambda d: _score(d).with_columns(mean_c=20 * pl.col("mean_e") - 50),
                           lambda d: _score(d)),
    "two_surveys_in_one_beside_the_season": (
        "reject", {"identical_measures"}, WHOLE,
        lambda d: _score(d).with_columns(mean_c=20 * pl.col("mean_e") + pl.col("period") * 7),
        lambda d: _score(d).with_columns(mean_c=pl.col("mean_c") + pl.col("period") * 7)),
    "scale_of_one_period": ("reject", {"scale_break"}, WHOLE,
                            lambda d: d.with_columns(mean_e=_at(4, pl.col("mean_e") * 25 - 25)),
                            lambda d: d.with_columns(mean_e=_at(4, pl.col("mean_e") + 0.3))),
    "reversed_period": ("warn", {"scale_reversed"}, WHOLE,
                        lambda d: d.with_columns(mean_e=_at(5, 6 - pl.col("mean_e"))),
                        lambda d: d),
    "more_answers_than_people": ("warn", {"responses_exceed_headcount"}, WHOLE,
                                 lambda d: d.with_columns(headcount=pl.when(INDEX == 0)
                                                          .then(pl.col("n_e") - 1)
                                                          .otherwise("headcount")), lambda d: d),
    "third_copied": ("warn", {"repeated_values"}, CHANGE,
                     lambda d: _copied(d, 3), lambda d: _copied(d, 7)),
    "two_periods": ("refuse", {"too_few_periods"}, ("lag", "change"),
                    lambda d: d.filter(pl.col("period") <= 2), lambda d: d),
    "one_period": ("refuse", {"too_few_periods"}, ("within", "lag", "change"),
                   lambda d: d.filter(pl.col("period") == 3), lambda d: d),
    "seven_locations": ("refuse", {"few_clusters", "too_few_units"}, WHOLE,
                        lambda d: d.with_columns(location=pl.col("location") % 7), lambda d: d),
    "single_answers": ("refuse", {"individual_level"}, WHOLE, lambda d: d.with_columns(
        n_e=1, n_c=1, promoters=1, passives=0, detractors=0), lambda d: d),
    "employees_one_by_one": ("refuse", {"individual_level"}, WHOLE,
                             lambda d: d.with_columns(n_e=1), lambda d: d.with_columns(n_e=2)),
    "nobody_answered": ("refuse", {"one_voice_missing"}, WHOLE,
                        lambda d: d.with_columns(mean_e=pl.lit(None, pl.Float64)), lambda d: d),
    "one_source": ("refuse", {"same_respondents"}, WHOLE,
                   lambda d: d.with_columns(source_e=pl.lit("a"), source_c=pl.lit("a")),
                   lambda d: d.with_columns(source_e=pl.lit("a"), source_c=pl.lit("b"))),
    "shared_people": ("refuse", {"same_respondents"}, WHOLE,
                      lambda d: d.with_columns(n_shared=pl.when(INDEX == 9).then(2)),
                      lambda d: d.with_columns(n_shared=0)),
    "customers_missing": ("warn", {"dropped_rows"}, WHOLE, lambda d: d.with_columns(
        pl.when(INDEX % 3 > 0).then(pl.col(c)).alias(c) for c in (*COUNTS, "n_c")), lambda d: d),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_spoilt_panels_and_near_misses(name: str, folder: Path) -> None:
    severity, codes, estimators, spoil, near = CASES[name]
    clean = table(folder, "inputs/sim_panel_a.csv")
    bad, good = as_panel(spoil(clean)), as_panel(near(clean))
    for estimator in estimators:
        result = ESTIMATORS[estimator](bad)
        if severity == "warn":
            assert codes & set(result.codes("warn")), (estimator, result.codes())
        else:
            rows = result.estimates
            assert set(rows["verdict"]) == {"refused"}, (estimator, result.codes())
            assert set(rows["guard_code"]) <= codes, (estimator, set(rows["guard_code"]))
        fine = set(ESTIMATORS[estimator](good).codes())
        assert not (codes - {"too_few_units"}) & fine, (estimator, fine)
