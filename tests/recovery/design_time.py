"""Designs of time: lags, reorganised units, change of the link."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.linkage import (
    change,
    lag_profile,
    within,
)  # fmt: skip
from tests.recovery.outcomes import CLEAN, Outcomes, found, rejects
from tests.recovery.worlds import (
    Rng,
    World,
    company,
    measured,
    true_scores,
)  # fmt: skip


def s10(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for lag in (0, 1, 2, -1):
        row = lag_profile(company(rng, World(b_within=8.0, lag=lag)), max_lag=3).row(term="argmax")
        wanted = "same_period" if lag == 0 else "employees_lead" if lag > 0 else "customers_lead"
        kept = [int(k) for k in row["lag_set"].split(",")]
        name = str(lag).replace("-", "minus_")
        out[f"argmax_right_{name}"] = float(row["lag"] == lag)
        out[f"set_covers_{name}"] = float(lag in kept)
        named_two = row["direction"] == "both_directions"
        wrong = row["direction"] not in (wanted, "direction_unclear", "both_directions")
        out[f"wrong_direction_{name}"] = float(wrong)
        out[f"both_directions_{name}"] = float(named_two)
    return out


def s11(rng: Rng) -> Outcomes:
    null = lag_profile(company(rng, World(b_between=0, b_within=0)), max_lag=3)
    table = null.companions["linkage_lag_profiles"]
    beyond = (table["statistic"].abs() > table["critical_value"]).any()
    row = lag_profile(company(rng, World(b_within=8.0, lag=1, rho=0.9)), max_lag=3).row(
        term="argmax"
    )
    kept = [int(k) for k in row["lag_set"].split(",")]
    return {"null_band_rejects": float(beyond), "persistent_set_covers": float(1 in kept),
            "persistent_single_wrong_lag": float(len(kept) == 1 and kept != [1]),
            "persistent_single_lag": float(len(kept) == 1)}  # fmt: skip


def s12(rng: Rng) -> Outcomes:
    w = World(b_within=0.0)
    truth = true_scores(rng, w)
    n, half = len(truth.x_level), w.periods // 2
    moved = rng.permutation(n)[: n // 5]
    source = np.arange(n)
    source[moved] = np.roll(moved, 1)
    x, y = truth.x.copy(), truth.y.copy()
    x[:, half:], y[:, half:] = truth.x[source, half:], truth.y[source, half:]
    data = measured(rng, replace(truth, x=x, y=y), w)
    late = pl.col("period_index") >= half
    names = [f"u{i:05d}" for i in moved]
    split = data.with_columns(
        pl.when(late & pl.col("unit_id").is_in(names)).then(pl.col("unit_id") + "b")
        .otherwise("unit_id").alias("unit_id")
    )  # fmt: skip
    quiet = company(rng, w)
    return {
        "false_within_split_ids": found(within(split, **CLEAN)),
        "false_within_wrong_ids": found(within(data, **CLEAN)),
        "detector_warns": float("reorg_suspected" in within(data, **CLEAN).codes("warn")),
        "detector_false_alarm": float("reorg_suspected" in within(quiet, **CLEAN).codes("warn")),
    }


def s17(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for g in (12, 20, 60):
        result = change(company(rng, World(locations=g)), **CLEAN)
        out[f"false_change_{g}"] = rejects(result.row(component="observed"))
    w = World()
    truth = true_scores(rng, w)
    y = truth.y.copy()
    y[:, 6:] -= 6.0 * truth.x[:, 6:]
    row = change(measured(rng, replace(truth, y=y), w), **CLEAN).row(component="observed")
    date = int(row["term"].rsplit("_", 1)[1])
    out |= {
        "power_drop_of_6": rejects(row),
        "date_within_one": float(abs(date - 6) <= 1),
    }
    return out
