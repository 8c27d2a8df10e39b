"""Oracles of slopes on panels: indicator columns, loops and refits in place of the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from random_panels import Pairs, Rng, complete, delete_one, dummies, random_panel, residual

from pipelines.linkage import (
    adjusted,
    between,
    respondent_sums,
    within,
)  # fmt: skip
from pipelines.linkage.correlation import (
    repeated_measures_correlation,
)  # fmt: skip
from pipelines.linkage.fixed_effects import fixed_effects
from pipelines.linkage.random_intercept import random_intercept

PLAIN: dict[str, Any] = {"correction": "plain", "respondent_overlap": "none", "public_cells": True}


def repeated(rng: Rng) -> Pairs:
    import pingouin

    data = complete(random_panel(rng))
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()
    theirs = pingouin.rm_corr(data.to_pandas(), x="mean_e", y="mean_c", subject="unit_id")
    ours = repeated_measures_correlation(data["unit_id"].to_numpy(), x, y)
    dx, dy = (residual(v, data["unit_id"].to_numpy()) for v in (x, y))
    return {
        "r": (ours.estimate, float(theirs["r"].iloc[0])),
        "df": (ours.df, int(theirs["dof"].iloc[0])),
        "p": (ours.p_value, float(theirs.filter(like="p").filter(like="val").iloc[0, 0])),
        "slope": (ours.slope, (dx @ dy) / (dx @ dx)),
    }


def mixed_model(rng: Rng) -> Pairs:
    from scipy import optimize

    data = complete(random_panel(rng))
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()
    unit, period = data["unit_id"].to_numpy(), data["period_id"].to_numpy()
    own = dummies(unit)
    mean = own @ ((own.T @ x) / own.sum(axis=0))
    fit = random_intercept(unit, y, [x - mean, mean], levels=period)
    design = np.column_stack([np.ones(len(x)), x - mean, mean, dummies(period)[:, 1:]])

    def parts(log_ratio: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        v = np.eye(len(x)) + np.exp(log_ratio) * own @ own.T
        inverse = np.linalg.inv(v)
        a = design.T @ inverse @ design
        beta = np.linalg.solve(a, design.T @ inverse @ y)
        left = y - design @ beta
        rss = float(left @ inverse @ left)
        free = len(x) - design.shape[1]
        dev = free * np.log(rss) + np.linalg.slogdet(v)[1] + np.linalg.slogdet(a)[1]
        return dev, beta, a, rss / free

    best = optimize.minimize_scalar(
        lambda t: parts(t)[0], bounds=(-18, 8), method="bounded", options={"xatol": 1e-10}
    ).x
    _, beta, a, variance = parts(best)
    return {
        "slopes": (fit.coefficients[1:3], beta[1:3]),
        "errors": (fit.std_errors[1:3], np.sqrt(variance * np.diag(np.linalg.inv(a)))[1:3]),
        "residual": (fit.var_residual, variance),
    }


def least_squares(rng: Rng) -> Pairs:
    import statsmodels.api as sm

    data = complete(random_panel(rng))
    effects = [["unit_id"], ["unit_id", "period_id"], ["location_id", "period_id"], []][
        int(rng.integers(4))
    ]
    names = ["mean_e", "tenure", "n_c"] if effects[:1] != ["unit_id"] else ["mean_e", "n_c"]
    names = names[: int(rng.integers(1, len(names) + 1))]
    found = fixed_effects(data, "mean_c", names, effects, cluster="location_id")
    columns = [data[n].cast(pl.Float64).to_numpy() for n in names]
    indicators = [dummies(data[e].to_numpy()) for e in effects] or [np.ones((len(data), 1))]
    design = np.column_stack([*columns, *indicators])
    y, place = data["mean_c"].to_numpy(), data["location_id"].to_numpy()
    fit = sm.OLS(y, design).fit(
        cov_type="cluster", cov_kwds={"groups": place, "use_correction": False}
    )
    k = len(names)
    return {"b": (found.coefficients, fit.params[:k]), "CR0": (found.se_cr0, fit.bse[:k])}


def _unit_moments(data: pl.DataFrame, mask: np.ndarray, full: bool) -> tuple[float, ...]:
    """Moments of unit means by loops; ``mask`` marks the units' rows kept."""
    units = data["unit_id"].to_numpy()
    inside = [(units == u) & mask for u in np.unique(units[mask])]
    x, y = data["dx"].to_numpy(), data["dy"].to_numpy()
    ex = (data["var_e"] / data["n_e"]).to_numpy()
    ey = (data["var_c"] / data["n_c"]).to_numpy()
    mx, my = (np.array([v[i].mean() for i in inside]) for v in (x, y))
    noise_x, noise_y = (
        np.mean([v[i].sum() / i.sum() ** 2 for i in inside]) * (1 - full / len(inside))
        for v in (ex, ey)
    )
    cov = np.cov(mx, my, bias=True)
    return cov[0, 0], cov[0, 1], cov[1, 1], noise_x, noise_y


def between_corrected(rng: Rng) -> Pairs:
    data = complete(random_panel(rng)).with_columns(
        (pl.col("mean_e") - pl.col("mean_e").mean().over("period_id")).alias("dx"),
        (pl.col("mean_c") - pl.col("mean_c").mean().over("period_id")).alias("dy"),
    )
    full = bool(rng.random() < 0.5)
    options = PLAIN | {"correction": "full" if full else "plain"}
    result = between(data, **options)
    place = data["location_id"].to_numpy()

    def slope(mask: np.ndarray) -> float:
        sxx, sxy, *_ = _unit_moments(data, mask, full)
        return sxy / sxx

    def true_slope(mask: np.ndarray) -> float:
        sxx, sxy, _, noise, _ = _unit_moments(data, mask, full)
        return sxy / (sxx - noise)

    def z(mask: np.ndarray) -> float:
        sxx, sxy, syy, _, _ = _unit_moments(data, mask, full)
        return float(np.arctanh(sxy / np.sqrt(sxx * syy)))

    everything = np.ones(len(data), dtype=bool)
    observed = result.row(component="observed", effect_type="slope")
    r = result.row(component="observed", effect_type="r", method="unit_means/1")
    out: Pairs = {
        "b": (observed["estimate"], slope(everything)),
        "se b": (observed["std_error"], delete_one(place, slope)),
        "r": (r["estimate"], np.tanh(z(everything))),
        "se z": (r["std_error"], delete_one(place, z)),
    }  # fmt: skip
    corrected = result.row(component="corrected", effect_type="slope")
    if corrected["estimate"] is not None:
        out["b*"] = (corrected["estimate"], true_slope(everything))
        out["se b*"] = (corrected["std_error"], delete_one(place, true_slope))
    return out


def within_corrected(rng: Rng) -> Pairs:
    data = complete(random_panel(rng))
    full = bool(rng.random() < 0.5)
    options = PLAIN | {"correction": "full" if full else "plain"}
    units, periods = data["unit_id"].to_numpy(), data["period_id"].to_numpy()
    place = data["location_id"].to_numpy()
    x, y = (residual(data[c].to_numpy(), units, periods) for c in ("mean_e", "mean_c"))
    size = data.select(pl.len().over("unit_id")).to_series().to_numpy()
    present = data.select(pl.len().over("period_id")).to_series().to_numpy()
    noise = (data["var_e"] / data["n_e"]).to_numpy() * (1 - 1 / size)
    noise = noise * (1 - full / present)

    def slope(mask: np.ndarray) -> float:
        return (x[mask] @ y[mask]) / (x[mask] @ x[mask])

    def true_slope(mask: np.ndarray) -> float:
        return (x[mask] @ y[mask]) / (x[mask] @ x[mask] - noise[mask].sum())

    result = within(data, **options)
    row = result.row(component="observed", effect_type="slope")
    everything = np.ones(len(data), dtype=bool)
    out: Pairs = {
        "b": (row["estimate"], slope(everything)),
        "se": (row["std_error"], delete_one(place, slope)),
        "reliability": (row["reliability"], 1 - noise.sum() / (x @ x)),
    }
    corrected = result.row(component="corrected", effect_type="slope")
    if corrected["estimate"] is not None:
        out["b*"] = (corrected["estimate"], true_slope(everything))
        out["se b*"] = (corrected["std_error"], delete_one(place, true_slope))
    return out


def ladder(rng: Rng) -> Pairs:
    import statsmodels.api as sm

    data = complete(random_panel(rng, min_units=90))
    weights = ("equal", "responses")[int(rng.integers(2))]
    result = adjusted(data, covariates=("tenure", "kind"), **PLAIN | {"weights": weights})
    means = data.with_columns(
        (pl.col(c) - pl.col(c).mean().over("period_id")) for c in ("mean_e", "mean_c")
    ).group_by("unit_id", maintain_order=True).agg(
        pl.col("mean_e", "mean_c", "tenure", "n_c").mean(),
        pl.col("region_id", "kind", "location_id").first(),
    )  # fmt: skip
    x, y = means["mean_e"].to_numpy(), means["mean_c"].to_numpy()
    w = np.ones(len(x)) if weights == "equal" else means["n_c"].to_numpy()
    rungs = {
        "period": [np.ones((len(x), 1))],
        "period,region_id": [dummies(means["region_id"].to_numpy())],
        "period,region_id,tenure,kind": [
            dummies(means["region_id"].to_numpy()), means["tenure"].to_numpy(),
            dummies(means["kind"].to_numpy())[:, 1:],
        ],
        "period,location_id": [dummies(means["location_id"].to_numpy())],
    }  # fmt: skip
    out: Pairs = {}
    for label, held in rungs.items():
        row = result.row(adjusted_for=label, component="observed", effect_type="slope")
        if row["estimate"] is not None:
            fit = sm.WLS(y, np.column_stack([x, *held]), weights=w).fit()
            out[label] = (row["estimate"], fit.params[0])
    return out


def overlap(rng: Rng) -> Pairs:
    """Explicit covariance matrices of the errors of a unit's cells."""
    units, periods, seats = 30, 4, int(rng.integers(3, 7))
    rows = []
    for u in range(units):
        crew = [f"{u}-{i}" for i in range(seats + 3)]
        mood = dict(zip(crew, rng.normal(0, 1, len(crew)), strict=True))
        for t in range(periods):
            for who in rng.choice(crew, seats - int(rng.integers(0, 2)), replace=False):
                rows.append((f"u{u:02d}", f"l{u % 10}", t, who, mood[who] + rng.normal(0, 1)))
    answers = pl.DataFrame(
        rows, schema=["unit_id", "location_id", "period_id", "respondent_key", "score"],
        orient="row",
    )  # fmt: skip
    cells = answers.group_by("unit_id", "location_id", "period_id").agg(
        n_e=pl.len(), mean_e=pl.col("score").mean(), var_e=pl.col("score").var()
    )
    noise = rng.normal(0, 1, len(cells))
    cells = cells.sort("unit_id", "period_id").with_columns(
        mean_e=pl.col("mean_e") + pl.Series(rng.normal(0, 3, len(cells))), n_c=50, var_c=1.0,
        period_index=pl.col("period_id"),
    ).with_columns(mean_c=pl.col("mean_e") + pl.Series(noise))  # fmt: skip
    sums = respondent_sums(answers, cells)
    total = sums["variance_num"].sum() / sums["variance_den"].sum()
    person = sums["person_num"].sum() / sums["person_den"].sum()
    error_between, error_within = 0.0, 0.0
    for u in cells["unit_id"].unique():
        mine = answers.filter(unit_id=u)
        who = [set(mine.filter(period_id=t)["respondent_key"]) for t in range(periods)]
        n = np.array([len(w) for w in who])
        shared = np.array([[len(a & b) for b in who] for a in who])
        omega = person * shared / np.outer(n, n) + np.diag((total - person) / n)
        m = np.eye(periods) - 1 / periods
        error_between += omega.sum() / periods**2
        error_within += np.trace(m @ omega @ m)
    settings = PLAIN | {"respondent_overlap": "key", "overlap": sums}
    inside = within(cells, **settings).row(component="corrected", effect_type="slope")
    across = between(cells, **settings).row(component="corrected", effect_type="slope")
    x = cells["mean_e"].to_numpy()
    units_, periods_ = cells["unit_id"].to_numpy(), cells["period_id"].to_numpy()
    dx = residual(x, units_, periods_)
    free = residual(x, periods_)
    mean = np.array([free[units_ == u].mean() for u in np.unique(units_)])
    out: Pairs = {}
    if inside["reliability"] is not None:
        out["within"] = (inside["reliability"], 1 - error_within / (dx @ dx))
    if across["reliability"] is not None:
        out["between"] = (across["reliability"], 1 - error_between / units / mean.var())
    return out
