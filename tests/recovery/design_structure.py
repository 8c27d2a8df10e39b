"""Designs of structure: drivers, segments, bends, the whole report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from pipelines.linkage import (
    Linkage,
    adjusted,
    between,
    change,
    combine,
    contrast,
    drivers,
    item_error_sums,
    lag_profile,
    nonlinear,
    segments,
    within,
)  # fmt: skip
from pipelines.linkage.shapley import lmg_shares
from tests.recovery.outcomes import CLEAN, Outcomes, covers, rejects
from tests.recovery.worlds import (
    Rng,
    World,
    company,
    measured,
    true_scores,
)  # fmt: skip

BENDS = {"quadratic": "mean_e^2", "spline": "mean_e:spline", "hinge": "hinge"}


def s15(rng: Rng) -> Outcomes:
    p, n, n_e, halo = 8, 1500, 12, 0.6
    b = np.array([6.0, 4.0, 3.0, 2.0, 0, 0, 0, 0])
    shape = np.linalg.cholesky(halo * np.ones((p, p)) + (1 - halo) * np.eye(p))
    level = 0.4 * rng.normal(0, 1, (n, p)) @ shape.T
    answers = level[:, None, :] + 0.9 * rng.normal(0, 1, (n, n_e, p)) @ shape.T
    names = [f"q{j + 1}" for j in range(p)]
    unit = pl.format("u{}", pl.int_range(n * n_e) // n_e).alias("unit_id")
    rows = pl.DataFrame(answers.reshape(-1, p), schema=names).select(
        unit, pl.lit("p").alias("period_id"), *names
    )
    n_c = 60.0
    y = level @ b + rng.normal(0, 8, n)
    data = pl.DataFrame(answers.mean(axis=1), schema=names).with_columns(
        pl.format("u{}", pl.int_range(n)).alias("unit_id"), pl.lit("p").alias("period_id"),
        pl.format("l{}", pl.int_range(n) % 300).alias("location_id"),
        mean_e=pl.mean_horizontal(names),
        mean_c=pl.Series(y + rng.normal(0, 60, n) / np.sqrt(n_c)), n_c=pl.lit(n_c),
        var_c=pl.lit(3600.0), n_e=pl.lit(float(n_e)), var_e=pl.lit(0.5),
    )  # fmt: skip
    covariance = 0.16 * shape @ shape.T
    with_y = (covariance @ b)[:, None]
    full = np.block([[covariance, with_y], [with_y.T, np.array([[b @ covariance @ b + 64.0]])]])
    sd = np.sqrt(np.diag(full))
    pieces = lmg_shares(full / np.outer(sd, sd))
    result = drivers(data, items=names, item_errors=item_error_sums(rows, names), n_draws=300)
    shares = [covers(result.row(component="corrected", effect_type="share", term=q), s)
              for q, s in zip(names, pieces / pieces.sum(), strict=True)]  # fmt: skip
    lmg = [covers(result.row(component="corrected", effect_type="variance", term=q), s)
           for q, s in zip(names, pieces, strict=True)]  # fmt: skip
    observed = [covers(result.row(component="observed", effect_type="variance", term=q), s)
                for q, s in zip(names, pieces, strict=True)]  # fmt: skip
    top = result.row(component="top_set")["term"].split(",")
    return {
        "coverage_share": float(np.mean(shares)),
        "coverage_corrected_lmg": float(np.mean(lmg)),
        "coverage_observed_lmg": float(np.mean(observed)),
        "top_set_holds_first": float("q1" in top),
    }


def s16(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for k in (4, 8, 12):
        w = World(locations=20 * k, per_location=3, periods=2)
        data = company(rng, w).with_columns(
            (pl.col("location_id").str.slice(1).cast(pl.Int64) % k).cast(pl.String).alias("kind")
        )
        row = segments(data, by="kind", **CLEAN).row(component="observed", effect_type="F")
        out[f"false_difference_{k}"] = rejects(row)
    return out


def s18(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for g, m in ((60, 5), (20, 15)):
        result = nonlinear(company(rng, World(locations=g, per_location=m)), **CLEAN)
        for name, term in BENDS.items():
            out[f"false_{name}_{g}"] = rejects(result.row(component="observed", term=term))
    w = World()
    truth = true_scores(rng, w)
    average = (truth.x - truth.x.mean(axis=0)).mean(axis=1)
    y = truth.y + 16 * np.maximum(average - np.median(average), 0.0)[:, None]
    result = nonlinear(measured(rng, replace(truth, y=y), w), **CLEAN)
    for name, term in BENDS.items():
        out[f"power_{name}"] = rejects(result.row(component="observed", term=term))
    return out


def default_report(data: pl.DataFrame, **options: Any) -> Linkage:
    """Every default question about one measure pair, judged as one family."""
    primary = between(data, primary=True, **options)
    return combine([
        primary, within(data, **options), lag_profile(data, **options), adjusted(data, **options),
        contrast(data, **options), change(data, **options), nonlinear(data, **options),
        segments(data, by="region_id", **options),
    ])  # fmt: skip


def s21(rng: Rng) -> Outcomes:
    data = company(rng, World(b_between=0, b_within=0, sd_location_x=0.3, sd_location_y=6.0))
    rows = default_report(data, n_draws=499, **CLEAN).estimates
    claimed = rows.filter(verdict="supported")
    primary = rows.filter(primary=True, component="observed", effect_type="slope")
    return {
        "any_supported": float(len(claimed) > 0),
        "primary_supported_or_opposite": float(primary["verdict"][0] in ("supported", "opposite")),
    }
