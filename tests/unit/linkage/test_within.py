"""Within: repeats, periods, overlap, brackets; each guard with a near miss."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import respondent_sums, within

MOVING = panel(within=1.0, n_e=60)


def copied(data: pl.DataFrame, periods: int) -> pl.DataFrame:
    """The employee score of the period before copied into the last periods."""
    columns = ("mean_e", "var_e", "n_e")
    keep = pl.col("period_index") < data["period_index"].max() + 1 - periods
    return data.sort("unit_id", "period_index").with_columns(
        pl.when(keep).then(c).forward_fill().over("unit_id").alias(c) for c in columns
    )


def test_movement_of_known_size_is_recovered() -> None:
    row = within(MOVING, respondent_overlap="none").row(component="corrected", effect_type="slope")
    assert row["conf_low"] < 1.0 < row["conf_high"]
    assert row["verdict"] == "supported"


@pytest.mark.parametrize("periods, share", [(1, 0.2), (2, 0.4)])
def test_repeated_scores_warn_above_a_fifth(periods: int, share: float) -> None:
    result = within(copied(MOVING, periods))
    assert ("repeated_values" in result.codes("warn")) == (share > 0.2)
    expected = 720 if share <= 0.2 else 720 - 2 * 120
    assert result.row(component="observed", effect_type="slope")["n_cells"] == expected


def test_one_survey_copied_to_all_periods_is_refused() -> None:
    rows = within(copied(MOVING, 5)).estimates
    assert set(rows["verdict"]) == {"refused"}
    assert set(rows["guard_code"]) == {"no_within_variation"}


def test_one_value_everywhere_is_no_variance() -> None:
    assert set(within(MOVING.with_columns(mean_e=50.0)).estimates["guard_code"]) == {
        "zero_variance"
    }


def test_constant_score_refuses_even_when_its_variance_moves() -> None:
    moving_n = copied(MOVING, 5).with_columns(n_e=pl.col("n_e") + pl.col("period_index"))
    assert set(within(moving_n).estimates["guard_code"]) == {"no_within_variation"}


@pytest.mark.parametrize("periods, code", [(1, "too_few_periods"), (2, "two_periods"), (3, None)])
def test_number_of_periods(periods: int, code: str | None) -> None:
    codes = within(panel(n_periods=periods)).codes()
    assert {"too_few_periods", "two_periods"} & set(codes) == ({code} if code else set())


def test_two_periods_equal_first_differences() -> None:
    data = panel(n_periods=2, within=0.5).sort("unit_id", "period_index")
    wide = data.group_by("unit_id", maintain_order=True).agg(
        pl.col("mean_e").diff().last(), pl.col("mean_c").diff().last()
    )
    slope = np.polyfit(wide["mean_e"], wide["mean_c"], 1)[0]
    row = within(data).row(component="observed", effect_type="slope")
    assert row["estimate"] == pytest.approx(slope, rel=1e-9)


def test_unknown_overlap_gives_a_bracket_and_no_corrected_value() -> None:
    result = within(MOVING)
    corrected = result.row(component="corrected", effect_type="slope")
    assert (corrected["verdict"], corrected["guard_code"]) == ("refused", "overlap_unknown")
    bracket = result.row(component="bracket")
    free = within(MOVING, respondent_overlap="none").row(component="corrected", effect_type="slope")
    assert bracket["conf_high"] == pytest.approx(free["estimate"])
    assert bracket["p_value"] is None and bracket["verdict"] is None


def test_scores_that_hardly_move_are_not_corrected() -> None:
    still = panel(noise=1.0).with_columns(
        mean_e=pl.col("mean_e").mean().over("unit_id")
        + (pl.col("mean_e") - pl.col("mean_e").mean().over("unit_id")) * 0.85
    )
    row = within(still, respondent_overlap="none").row(component="corrected", effect_type="slope")
    assert (row["verdict"], row["guard_code"]) == ("refused", "low_reliability")


def test_overlapping_windows_are_rejected() -> None:
    rows = within(MOVING, windows_overlap=True).estimates
    assert set(rows["guard_code"]) == {"overlapping_windows"}


def crew(n_units: int = 6, n_periods: int = 4, seats: int = 5, seed: int = 3) -> pl.DataFrame:
    """Answers of a crew of which some leave between periods."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(n_units):
        people = list(range(seats))
        for period in range(n_periods):
            people = [p if rng.random() > 0.3 else int(rng.integers(100, 999)) for p in people]
            rows += [
                (f"u{unit}", f"p{period}", f"{unit}-{p}", float(rng.normal())) for p in set(people)
            ]
    return pl.DataFrame(
        rows, schema=["unit_id", "period_id", "respondent_key", "score"], orient="row"
    )


def test_overlap_sums_equal_explicit_covariance_matrices() -> None:
    answers = crew()
    sums = respondent_sums(answers)
    for row in sums.iter_rows(named=True):
        own = answers.filter(unit_id=row["unit_id"])
        people = [set(g["respondent_key"]) for _, g in own.sort("period_id").group_by(
            "period_id", maintain_order=True)]  # fmt: skip
        n = np.array([len(p) for p in people], dtype=float)
        shared = np.array([[len(a & b) for b in people] for a in people])
        omega_person = shared / np.outer(n, n)
        t = len(n)
        centre = np.eye(t) - np.ones((t, t)) / t
        assert row["n_periods"] == t
        assert row["overlap_d"] == pytest.approx((1 / n).sum())
        assert row["overlap_p"] == pytest.approx(omega_person.sum())
        within_person = np.trace(centre @ omega_person @ centre)
        assert within_person == pytest.approx(row["overlap_d"] - row["overlap_p"] / t)
        off = ~np.eye(t, dtype=bool) & (np.minimum.outer(n, n) > 1)
        a, b = np.meshgrid(n, n, indexing="ij")
        exact = shared * (1 - 1 / a - 1 / b + shared / (a * b))
        with np.errstate(divide="ignore"):
            exact = exact * np.sqrt(a * b / ((a - 1) * (b - 1)))
        assert row["person_den_full"] == pytest.approx(exact[off].sum())


def test_without_recurrence_nothing_changes() -> None:
    answers = crew().with_columns(
        pl.concat_str("respondent_key", "period_id").alias("respondent_key")
    )
    sums = respondent_sums(answers)
    np.testing.assert_allclose(sums["overlap_p"].to_numpy(), sums["overlap_d"].to_numpy())
    assert sums["person_num"].abs().max() == 0


def test_sums_of_other_cells_are_refused() -> None:
    sums = respondent_sums(crew(n_units=120, n_periods=3)).with_columns(
        pl.lit(pl.Series([f"u{i:04d}" for i in range(120)])).alias("unit_id")
    )
    row = within(panel(n_periods=4), respondent_overlap="key", overlap=sums).row(
        component="corrected", effect_type="slope"
    )
    assert (row["verdict"], row["guard_code"]) == ("refused", "overlap_cells_differ")
