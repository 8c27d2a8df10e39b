"""Every key of a program's `linkage:` section changes what is asked, and each as it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import Linkage
from pipelines.linkage.declared import Inputs, answer
from pipelines.program.model import Program
from pipelines.program.questions import Estimand
from pipelines.program.questions import Linkage as Declared
from pipelines.program.sections import Metric, Privacy

ITEMS = ["q1", "q2", "q3"]
PERIODS = 10


def program(**linkage: Any) -> Program:
    """A program whose `linkage:` section has these keys."""
    metrics = [
        {"id": "esat", "voice": "employee", "kind": "mean", "items": ITEMS, "label": "Mood"},
        {"id": "pride", "voice": "employee", "kind": "mean", "items": ["q2"], "label": "Pride"},
        {"id": "nps", "voice": "customer", "kind": "net_promoter", "items": ["r"], "label": "NPS"},
    ]
    given = {"primary": {"x": "esat", "y": "nps"}, **linkage}
    declared = Declared.model_validate(given)
    return Program.model_construct(
        program="shops", period="month", linkage=declared, privacy=Privacy(),
        metrics=[Metric.model_validate(m) for m in metrics], sources=[],
    )  # fmt: skip


def inputs(**options: Any) -> Inputs:
    """Cells of two pairs and the answers behind them."""
    cells = panel(n_locations=40, per_location=5, n_periods=PERIODS, within=0.5, n_e=6, **options)
    rng = np.random.default_rng(1)
    cells = cells.with_columns(x_status=pl.lit("released"), y_status=pl.lit("released"))
    periods = cells.select("period_id", "period_index").unique().sort("period_index")
    periods = periods.with_columns(
        period_start=pl.date(2024, pl.col("period_index") + 1, 1),
        period_end=pl.date(2024, pl.col("period_index") + 1, 1).dt.month_end(),
    )
    people = cells.select("unit_id", "period_id", "mean_e").with_columns(
        respondent_key=pl.concat_list(
            *(pl.format("{}-" + str(k), "unit_id") for k in range(6))
        )
    ).explode("respondent_key")  # fmt: skip
    people = people.with_columns(
        pl.Series(q, people["mean_e"].to_numpy() + rng.normal(0, 15, len(people))) for q in ITEMS
    )
    score = people.with_columns(score=pl.mean_horizontal(ITEMS))
    moments = people.unpivot(ITEMS, index=["unit_id", "period_id"], variable_name="item_code")
    moments = moments.group_by("unit_id", "period_id", "item_code").agg(
        n=pl.len(), variance=(pl.col("value") / 25).var(), n_options=5
    )
    channels = pl.concat([
        cells.select("unit_id", "period_id", n_c=20, mean_c=pl.col("mean_c") + shift,
                     channel=pl.lit(name))
        for name, shift in (("phone", 5.0), ("mail", -5.0))
    ])  # fmt: skip
    both = pl.concat(cells.with_columns(pair_id=pl.lit(p)) for p in ("esat__nps", "pride__nps"))
    return Inputs(
        both, periods, {m: score.select("unit_id", "period_id", "respondent_key", "score")
                        for m in ("esat", "pride")},
        {"esat": people.drop("mean_e")}, {"esat": moments}, {"nps": channels},
    )  # fmt: skip


INPUTS = inputs()


def asked(estimand: str, given: Inputs = INPUTS, **linkage: Any) -> Linkage:
    (found,) = answer(estimand, program(**linkage), given)
    return found


@pytest.mark.parametrize("estimand", get_args(Estimand))
def test_every_estimand_is_asked_unless_the_program_says_otherwise(estimand: str) -> None:
    rows = asked(estimand).estimates
    assert set(rows["estimand"]) == {estimand}
    assert rows["x_label"][0] == "Mood" and rows["unit_y"][0] == "NPS points"
    assert answer(estimand, program(estimands=[]), INPUTS) == []


def test_the_primary_question_is_one_and_keeps_its_p() -> None:
    for estimand in ("between", "within"):
        primary = {"x": "esat", "y": "nps", "estimand": estimand}
        for name in get_args(Estimand):
            rows = asked(name, primary=primary).estimates
            assert rows["primary"].all() == (name == estimand), name
    row = asked("between").row(component="observed", effect_type="slope")
    assert row["q_value"] == row["p_value"]


def test_further_pairs_and_windows() -> None:
    declared = program(pairs=[{"x": "pride", "y": "nps"}], windows=["pooled", "each"])
    found = answer("between", declared, INPUTS)
    windows = [(r.estimates["x_measure"][0], r.estimates["window_id"][0]) for r in found]
    assert len(windows) == len(set(windows)) == 2 * (1 + PERIODS)
    assert {r.estimates["n_periods"][0] for r in found} == {1, PERIODS}
    single = program(windows=["p03"], pair_estimands=[])
    starts = [r.estimates["period_start"][0].month for r in answer("between", single, INPUTS)]
    assert starts == [1, 4]
    assert len(answer("within", declared, INPUTS)) == 2
    assert len(answer("lag", declared, INPUTS)) == 1


def test_expected_direction_decides_the_verdict_and_not_the_number() -> None:
    up, down = (asked("between", expected_direction=d) for d in ("positive", "negative"))
    first, second = (r.row(component="observed", effect_type="slope") for r in (up, down))
    assert first["estimate"] == second["estimate"]
    assert (first["verdict"], second["verdict"]) == ("supported", "opposite")


@pytest.mark.parametrize(("cluster", "n"), [("location", 40), ("region", 3), ("unit", 200)])
def test_cluster_level(cluster: str, n: int) -> None:
    rows = asked("between", cluster=cluster).estimates
    assert set(rows["cluster"]) == {f"{cluster}_id"} and set(rows["n_clusters"]) == {n}


def test_weights() -> None:
    unequal = replace(INPUTS, panel=INPUTS.panel.with_columns(
        n_c=pl.col("n_c") + 3 * pl.col("unit_id").str.slice(-2).cast(pl.Int64)
    ))  # fmt: skip
    found = {w: asked("between", unequal, weights=w) for w in ("equal", "credibility", "responses")}
    slopes = {w: r.row(component="observed", effect_type="slope") for w, r in found.items()}
    assert {w: row["weights"] for w, row in slopes.items()} == {w: w for w in slopes}
    assert len({row["estimate"] for row in slopes.values()}) == 3


def test_smallest_effect_of_interest_in_r_or_in_points() -> None:
    in_r = asked("between", smallest_effect=0.2)
    in_points = asked("between", smallest_effect=0.7, smallest_effect_in="points")
    assert in_r.row(component="corrected", effect_type="r")["sesoi"] == 0.2
    assert in_r.row(component="corrected", effect_type="slope")["sesoi"] is None
    assert in_points.row(component="corrected", effect_type="slope")["sesoi"] == 0.7


def test_respondent_overlap() -> None:
    by_key, never, unknown = (
        asked("within", respondent_overlap=o) for o in ("key", "none", "unknown")
    )
    rows = [r.row(component="corrected", effect_type="slope") for r in (by_key, never, unknown)]
    assert rows[2]["guard_code"] == "overlap_unknown"
    assert rows[0]["reliability"] != rows[1]["reliability"]


def test_lags() -> None:
    for given, most in ((2, 2), (None, 4)):
        rows = asked("lag", max_lag=given).estimates
        assert rows["lag"].drop_nulls().abs().max() == most


def test_covariates_and_mediators() -> None:
    size, mix = (asked("adjusted", covariates=[c]) for c in ("log_headcount", "channel_mix"))
    assert any("log_headcount" in r for r in size.estimates["adjusted_for"])
    assert "period,channel_mix" in set(mix.estimates["adjusted_for"])
    refused = asked("adjusted", covariates=["channel_mix"], mediators=["channel_mix"])
    rows = refused.estimates.filter(adjusted_for="period,channel_mix")
    assert set(rows["guard_code"]) == {"mediator_as_control"}
    assert not asked("adjusted", mediators=["channel_mix"]).codes("refuse")


def test_segments() -> None:
    regions, locations = (asked("segment", segments=s) for s in ("region", "location"))
    assert set(regions.companions["linkage_segment_forests"]["segment"]) == {"r0", "r1", "r2"}
    assert locations.codes("refuse") == ["too_few_segments"]


def test_a_planned_change() -> None:
    planned, scanned = asked("change", change_at="p05"), asked("change")
    assert planned.row(component="observed")["term"] == "mean_e:from_5"
    assert planned.row(component="observed")["conf_method"] == "cv3_t"
    assert scanned.row(component="observed")["conf_method"] == "sup_t"
    first = asked("change", change_at="p00")
    assert first.codes("refuse") == ["too_few_periods"]


def test_seed() -> None:
    bands = [
        asked("lag", seed=s).companions["linkage_lag_profiles"]["band_low"].to_list()
        for s in (1, 1, 2)
    ]
    assert bands[0] == bands[1] != bands[2]


def test_drivers_across_and_inside_units() -> None:
    table = asked("driver").companions["linkage_driver_shares"]
    assert set(table["level"]) == {"unit", "unit_period"}
    assert set(table["item"]) == set(ITEMS)
    one = replace(INPUTS, periods=INPUTS.periods.head(1))
    assert set(asked("driver", one).estimates["level"]) == {"unit"}


def test_an_item_that_nobody_answered_leaves_the_drivers_to_the_others() -> None:
    people = INPUTS.item_answers["esat"]
    blank = people.with_columns(q3=pl.lit(None, pl.Float64))
    found = [
        asked("driver", replace(INPUTS, item_answers={"esat": answers}))
        for answers in (people.drop("q3"), blank)
    ]
    tables = [result.companions["linkage_driver_shares"] for result in found]
    assert tables[0].equals(tables[1])
    assert set(tables[0]["item"]) == {"q1", "q2"}
    assert "item_missing" in found[0].guards["code"].to_list()
    # the noise of each item that was answered is taken out as it is beside the third
    wanted = {"component": "corrected", "level": "unit"}
    among_three = asked("driver").companions["linkage_driver_shares"].filter(**wanted)
    found_r, known_r = (
        table.sort("item")["zero_order_r"].to_list()
        for table in (tables[0].filter(**wanted), among_three)
    )
    assert found_r == pytest.approx(known_r[:2], abs=0.01)


def test_reliability_of_both_voices_and_agreement_of_the_items() -> None:
    result = asked("aggregation")
    table = result.companions["linkage_reliability"]
    assert table.group_by("measure").len().sort("measure").rows() == [("esat", 10), ("nps", 10)]
    esat = table.filter(measure="esat")
    assert set(esat["n_items"]) == {3} and esat["rwgj_mean"].is_between(0, 1).all()
    assert table.filter(measure="nps")["rwgj_mean"].null_count() == 10
    assert result.row(component="rwgj", method="rwg_uniform/1")["estimate"] == pytest.approx(
        esat["rwgj_mean"].mean()
    )


def test_a_crew_exchanged_under_the_same_name_is_noticed() -> None:
    answers = INPUTS.answers["esat"]
    late = pl.col("period_id") >= "p05"

    def exchanged(share: int) -> Inputs:
        chosen = late & (pl.col("unit_id").str.slice(-1).cast(pl.Int64) < share)
        other = answers.with_columns(
            pl.when(chosen).then("new" + pl.col("respondent_key"))
            .otherwise("respondent_key").alias("respondent_key")
        )  # fmt: skip
        return replace(INPUTS, answers={"esat": other})

    guards = asked("within", exchanged(2)).guards.filter(code="reorg_suspected")
    assert guards["message"][0].startswith("At period index 5, 40 of 200 units share fewer")
    for same in (INPUTS, exchanged(1), exchanged(0)):
        assert "reorg_suspected" not in asked("within", same).codes()
