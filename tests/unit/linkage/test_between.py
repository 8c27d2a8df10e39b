"""Between: numbers, invariances, refusals and sentences of the finished rows."""

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import ESTIMATES_SCHEMA, GUARDS_SCHEMA, between

NUMBERS = ("estimate", "std_error", "conf_low", "conf_high", "p_value")


def test_result_has_the_declared_columns_and_no_nested_types() -> None:
    result = between(panel(), respondent_overlap="none")
    assert dict(result.estimates.schema) == ESTIMATES_SCHEMA
    assert dict(result.guards.schema) == GUARDS_SCHEMA
    assert not any(t.is_nested() for t in result.estimates.schema.values())


def test_observed_slope_is_least_squares_of_demeaned_unit_means() -> None:
    data = panel()
    means = data.with_columns(
        (pl.col(c) - pl.col(c).mean().over("period_id")).alias(c) for c in ("mean_e", "mean_c")
    ).group_by("unit_id").agg(pl.col("mean_e", "mean_c").mean())  # fmt: skip
    expected = np.polyfit(means["mean_e"], means["mean_c"], 1)[0]
    row = between(data).row(component="observed", effect_type="slope")
    assert row["estimate"] == pytest.approx(expected, rel=1e-12)


def test_jackknife_on_sums_equals_refits_without_each_location() -> None:
    data = panel(n_locations=12, n_periods=1)
    locations = data["location_id"].unique()
    full = between(data).row(component="observed", effect_type="slope")
    slopes = []
    for location in locations:
        kept = data.filter(pl.col("location_id") != location)
        # period means stay those of the full sample, as the engine partials them out once
        slopes.append(np.polyfit(kept["mean_e"], kept["mean_c"], 1)[0])
    g = len(locations)
    by_hand = np.sqrt((g - 1) / g * ((np.array(slopes) - full["estimate"]) ** 2).sum())
    assert full["std_error"] == pytest.approx(by_hand, rel=1e-9)


def test_rows_order_unit_names_and_laziness_do_not_matter() -> None:
    data = panel()
    first = between(data).estimates
    assert between(data.sample(fraction=1, shuffle=True, seed=3).lazy()).estimates.equals(first)
    renamed = data.with_columns(("z" + pl.col("unit_id").str.reverse()).alias("unit_id"))
    for name in NUMBERS:
        np.testing.assert_allclose(
            between(renamed).estimates[name].cast(float).to_numpy(),
            first[name].to_numpy(),
            rtol=1e-9,
        )


def test_shift_and_scale_of_scores() -> None:
    data = panel()
    moved = data.with_columns(pl.col("mean_e") * 2 + 100, pl.col("var_e") * 4)
    first = between(data, respondent_overlap="none")
    second = between(moved, respondent_overlap="none")
    for component in ("observed", "corrected"):
        a = first.row(component=component, effect_type="slope")["estimate"]
        b = second.row(component=component, effect_type="slope")["estimate"]
        assert b == pytest.approx(a / 2, rel=1e-9)


def test_each_unit_its_own_cluster_adds_the_textbook_interval() -> None:
    data = panel(n_locations=120, per_location=1, n_periods=1)
    result = between(data, cluster="unit_id")
    row = result.row(conf_method="fisher_z")
    r = np.corrcoef(data["mean_e"], data["mean_c"])[0, 1]
    half = 1.959963984540054 / np.sqrt(117)
    assert row["estimate"] == pytest.approx(r, rel=1e-12)
    assert row["conf_low"] == pytest.approx(np.tanh(np.arctanh(r) - half), rel=1e-9)
    assert set(result.estimates["cluster"]) == {"unit_id"}
    assert result.row(method="spearman/1")["conf_method"] == "bonett_wright"
    same = between(data, cluster="location_id")
    assert set(same.estimates["cluster"]) == {"unit_id"}


def test_unknown_answer_counts_give_observed_rows_and_say_so() -> None:
    data = panel(n_periods=1, slope=3.0).drop("n_e", "var_e", "n_c", "var_c")
    result = between(data, weights="responses")
    corrected = result.row(component="corrected", effect_type="slope")
    assert corrected["verdict"] == "refused"
    assert corrected["guard_code"] == "counts_unknown"
    observed = result.row(component="observed", effect_type="slope")
    assert observed["verdict"] == "supported"
    assert "unknown" in observed["sentence"]


def test_corrected_slope_recovers_the_truth_that_noise_hides() -> None:
    data = panel(n_locations=300, n_periods=2, slope=2.0, n_e=8)
    truth = 2.0 * 25 / (25 + 9 / 2)  # projection on the true averages of two periods
    result = between(data, respondent_overlap="none")
    observed = result.row(component="observed", effect_type="slope")["estimate"]
    corrected = result.row(component="corrected", effect_type="slope")
    assert observed < 0.8 * truth
    assert corrected["conf_low"] < truth < corrected["conf_high"]


def test_noise_alone_refuses_the_corrected_row_but_not_the_observed_one() -> None:
    rng = np.random.default_rng(4)
    data = panel().with_columns(mean_e=pl.lit(pl.Series(60 + rng.normal(0, 15 / np.sqrt(12), 720))))
    result = between(data, respondent_overlap="none")
    corrected = result.row(component="corrected", effect_type="slope")
    assert corrected["verdict"] == "refused" and corrected["estimate"] is None
    assert result.row(component="observed", effect_type="slope")["verdict"] == "inconclusive"


def test_expected_direction_turns_supported_into_opposite() -> None:
    data = panel()
    verdicts = {
        direction: between(data, expected_direction=direction).row(
            component="observed", effect_type="slope"
        )["verdict"]
        for direction in ("positive", "negative")
    }
    assert verdicts == {"positive": "supported", "negative": "opposite"}


def test_no_link_in_much_data_is_practically_none() -> None:
    data = panel(n_locations=1500, n_periods=2, slope=0.0)
    result = between(data, respondent_overlap="none")
    assert result.row(component="corrected", effect_type="r")["verdict"] == "practically_none"


def test_sentences_never_name_a_cause() -> None:
    text = " ".join(between(panel(), respondent_overlap="none").estimates["sentence"])
    for word in ("cause", "impact", "effect of", "leads to", "drives", "because of"):
        assert word not in text.lower()


def test_unknown_options_are_errors_with_names() -> None:
    with pytest.raises(TypeError, match="clusters"):
        between(panel(), clusters="x")
    with pytest.raises(ValueError, match="weights"):
        between(panel(), weights="n")
