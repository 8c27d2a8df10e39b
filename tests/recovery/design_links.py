"""Designs of slopes: size, coverage and false alarms of between, within and the ladder."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from pipelines.linkage import (
    adjusted,
    between,
    within,
)  # fmt: skip
from pipelines.linkage.intervals import fieller, t_quantile
from pipelines.linkage.panel import cells_of
from pipelines.linkage.settings import Settings
from pipelines.linkage.within import SXY, VAR_TRUE, within_jackknife
from tests.recovery.outcomes import CLEAN, NAN, Outcomes, covers, found, slope_row, value_of
from tests.recovery.worlds import (
    Rng,
    World,
    between_truth,
    company,
)  # fmt: skip

STRONG = World(b_between=0, b_within=0, sd_location_x=0.5, sd_location_y=10.0)


def s1(rng: Rng) -> Outcomes:
    w = World()
    slope, r = between_truth(w)
    result = between(company(rng, w), **CLEAN)
    corrected = slope_row(result, "corrected")
    r_row = result.row(component="corrected", effect_type="r")
    return {"coverage_slope": covers(corrected, slope), "coverage_r": covers(r_row, r),
            "mean_slope_over_truth": value_of(corrected) / slope}  # fmt: skip


def s2(rng: Rng) -> Outcomes:
    result = within(company(rng, World()), **CLEAN)
    corrected = slope_row(result, "corrected")
    return {"coverage_slope": covers(corrected, 3.0),
            "observed_over_truth": slope_row(result, "observed")["estimate"] / 3.0,
            "mean_slope_over_truth": value_of(corrected) / 3.0,
            "refused": float(corrected["verdict"] == "refused")}  # fmt: skip


def s3(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for g in (20, 60):
        data = company(rng, STRONG.but(locations=g))
        out[f"false_between_{g}"] = found(between(data, **CLEAN))
        out[f"false_within_{g}"] = found(within(data, **CLEAN))
        out[f"false_between_unit_cluster_{g}"] = found(between(data, cluster="unit_id", **CLEAN))
    return out


def s4(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for g in (8, 12):
        result = between(company(rng, STRONG.but(locations=g)), **CLEAN)
        out[f"false_between_{g}"] = found(result)
        out[f"few_clusters_named_{g}"] = float("few_clusters" in result.codes("warn"))
    return out


def s5(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for g in (20, 40):
        counts = tuple(int(c) for c in np.maximum(np.round(3 * np.exp(rng.normal(0, 1.3, g))), 1))
        data = company(rng, STRONG.but(locations=g, team_counts=counts, periods=6))
        out[f"false_between_{g}"] = found(between(data, **CLEAN))
        out[f"false_within_{g}"] = found(within(data, **CLEAN))
        out[f"refused_between_{g}"] = float(np.isnan(out[f"false_between_{g}"]))
    return out


def _both_coverages(data: pl.DataFrame, w: World) -> Outcomes:
    across, inside = (slope_row(f(data, **CLEAN), "corrected") for f in (between, within))
    return {
        "coverage_between": covers(across, between_truth(w)[0]),
        "coverage_within": covers(inside, 3.0),
        "within_refused": float(inside["verdict"] == "refused"),
    }


def s6(rng: Rng) -> Outcomes:
    w = World(n_e=4, n_c=12)
    data = company(rng, w)
    return _both_coverages(data, w)


def s7(rng: Rng) -> Outcomes:
    w = World()
    data = company(rng, w)
    data = data.filter(pl.Series(rng.random(len(data)) > 0.4))
    return _both_coverages(data, w)


def s8(rng: Rng) -> Outcomes:
    data = company(rng, World(sd_move=0.10, n_e=5, spread_n=0.1))
    refused = slope_row(within(data, **CLEAN), "corrected")["verdict"] == "refused"
    # the gate hides these intervals from users; they are read here only to see that it hides wisely
    settings = Settings(**CLEAN)
    jack = within_jackknife(cells_of(data, settings), settings)
    cov = jack.cov[np.ix_([SXY, VAR_TRUE], [SXY, VAR_TRUE])]
    ends = fieller(jack.estimate[SXY], jack.estimate[VAR_TRUE], cov, t_quantile(0.975, 59))
    missed = NAN if ends.shape != "bounded" else float(not ends.low <= 3.0 <= ends.high)
    return {"corrected_refused": float(refused), "bounded_interval_misses": missed}


def s9(rng: Rng) -> Outcomes:
    w = World(conf=12.0, sd_location_x=0.4, b_between=-6.0, b_within=-6.0)
    result = adjusted(company(rng, w), **CLEAN)

    def rung(label: str, component: str) -> dict[str, Any]:
        return result.row(adjusted_for=label, component=component, effect_type="slope")

    return {
        "pooled_slope": rung("period", "observed")["estimate"],
        "coverage_within_location": covers(rung("period,location_id", "corrected"), -6.0),
        "coverage_within_unit": covers(rung("period,unit_id", "corrected"), -6.0),
        "reversal_flagged": float("simpson_reversal" in result.codes("warn")),
    }
