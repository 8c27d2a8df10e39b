"""Other implementations of every family, on one random design each: pairs of theirs and ours.

Every function takes a random generator and returns ``{name: (ours, theirs)}``. Theirs is another
library, or the definition spelled out in loops and refits; nothing of the engine is used for it.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import polars as pl
from random_panels import Rng, complete, delete_one, dummies, random_panel, residual

from pipelines.linkage import (
    adjusted,
    between,
    change,
    contrast,
    lag_profile,
    respondent_sums,
    within,
)  # fmt: skip
from pipelines.linkage.agreement import icc_from_cells, one_way_icc, within_group_agreement
from pipelines.linkage.change import slope_change
from pipelines.linkage.correlation import (
    partial_correlation,
    pearson,
    repeated_measures_correlation,
    spearman,
)  # fmt: skip
from pipelines.linkage.fixed_effects import fixed_effects
from pipelines.linkage.heterogeneity import heterogeneity, joint_equality, welch_james
from pipelines.linkage.multiplicity import adjust_p_values
from pipelines.linkage.net_promoter import net_promoter
from pipelines.linkage.random_intercept import random_intercept
from pipelines.linkage.shapley import lmg_shares, relative_weights

Pairs = dict[str, tuple[Any, Any]]
PLAIN: dict[str, Any] = {"correction": "plain", "respondent_overlap": "none", "public_cells": True}


def correlations(rng: Rng) -> Pairs:
    from scipy import stats

    n = int(rng.integers(8, 80))
    x = rng.integers(0, 6, n).astype(float) if rng.random() < 0.5 else rng.normal(0, 1, n)
    y = np.round(0.5 * x + rng.normal(0, 1, n), int(rng.integers(0, 3)))
    weight = rng.uniform(0.1, 5, n)
    theirs, ranked = stats.pearsonr(x, y), stats.spearmanr(x, y)
    low, high = theirs.confidence_interval()
    ours, rank = pearson(x, y), spearman(x, y)
    cov = np.cov(x, y, aweights=weight)
    heavy = pearson(x, y, weights=weight)
    return {
        "r": (ours.estimate, theirs.statistic), "p": (ours.p_value, theirs.pvalue),
        "low": (ours.conf_low, low), "high": (ours.conf_high, high),
        "rho": (rank.estimate, ranked.statistic), "rho p": (rank.p_value, ranked.pvalue),
        "weighted r": (heavy.estimate, cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])),
        "weighted slope": (heavy.slope, cov[0, 1] / cov[0, 0]),
    }  # fmt: skip


def partial(rng: Rng) -> Pairs:
    import pingouin

    n, k = int(rng.integers(15, 80)), int(rng.integers(1, 5))
    z = rng.normal(0, 1, (n, k)) + rng.normal(0, 1, (n, 1))
    x, y = z.sum(axis=1) + rng.normal(0, 1, n), z[:, 0] + rng.normal(0, 1, n)
    frame = pl.DataFrame({"x": x, "y": y, **{f"z{i}": z[:, i] for i in range(k)}}).to_pandas()
    theirs = pingouin.partial_corr(frame, x="x", y="y", covar=[f"z{i}" for i in range(k)])
    ours = partial_correlation(x, y, z)
    return {
        "r": (ours.estimate, float(theirs["r"].iloc[0])),
        "p": (ours.p_value, float(theirs.filter(like="p").filter(like="val").iloc[0, 0])),
    }


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


def aggregation_quality(rng: Rng) -> Pairs:
    from scipy import stats

    sizes = rng.integers(1, 12, int(rng.integers(5, 30)))
    sizes[0] = 6
    group = np.repeat(np.arange(len(sizes)), sizes)
    values = rng.normal(0, 1, len(sizes))[group] * rng.uniform(0, 1.5) + rng.normal(0, 1, len(group))
    groups = [values[group == g] for g in range(len(sizes))]
    f = stats.f_oneway(*groups).statistic
    ours = one_way_icc(group, values)
    cells = icc_from_cells(
        sizes, np.array([g.mean() for g in groups]),
        np.array([g.var(ddof=1) if len(g) > 1 else np.nan for g in groups]),
    )  # fmt: skip
    n0 = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1)
    items = rng.integers(1, 6, (40, 4)).astype(float)
    variances = np.array([items[i::8].var(axis=0, ddof=1) for i in range(8)])
    agreed = []
    for v in variances:
        q = min(1.0, v.mean() / 2)
        agreed.append(4 * (1 - q) / (4 * (1 - q) + q))
    return {
        "F": (ours.f, f), "icc1": (ours.icc1, (f - 1) / (f - 1 + n0)),
        "icc2": (ours.icc2, 1 - 1 / f), "n0": (ours.n0, n0),
        "low": (ours.icc2_low, 1 - stats.f.ppf(0.975, ours.df1, ours.df2) / f),
        "high": (ours.icc2_high, 1 - 1 / (f * stats.f.ppf(0.975, ours.df2, ours.df1))),
        "icc1 of cells": (cells.icc1, ours.icc1), "F of cells": (cells.f, f),
        "rwg": (within_group_agreement(variances, 2.0), agreed),
    }  # fmt: skip


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


def shares(rng: Rng) -> Pairs:
    p, n = int(rng.integers(2, 6)), 60
    x = rng.normal(0, 1, (n, p)) + rng.uniform(0, 1.5) * rng.normal(0, 1, (n, 1))
    y = x @ rng.normal(0, 1, p) + rng.normal(0, 2, n)
    r = np.corrcoef(np.column_stack([x, y]).T)

    def explained(chosen: tuple[int, ...]) -> float:
        if not chosen:
            return 0.0
        i = list(chosen)
        return float(r[i, -1] @ np.linalg.solve(r[np.ix_(i, i)], r[i, -1]))

    orders = list(permutations(range(p)))
    gain = np.zeros(p)
    for order in orders:
        for place, j in enumerate(order):
            gain[j] += explained(order[: place + 1]) - explained(order[:place])
    z = (x - x.mean(axis=0)) / x.std(axis=0) / np.sqrt(n)
    u, _, v = np.linalg.svd(z, full_matrices=False)
    nearest = u @ v
    beta = nearest.T @ ((y - y.mean()) / y.std() / np.sqrt(n))
    weight = ((nearest.T @ z) ** 2).T @ beta**2
    return {"lmg": (lmg_shares(r), gain / len(orders)), "weights": (relative_weights(r), weight)}


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
        "r": (r["estimate"], np.tanh(z(everything))), "se z": (r["std_error"], delete_one(place, z)),
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


def many_tests(rng: Rng) -> Pairs:
    from statsmodels.stats.multitest import multipletests

    p = np.round(rng.uniform(0, 1, int(rng.integers(1, 40))) ** 2, int(rng.integers(1, 6)))
    names = {"BH": "fdr_bh", "BY": "fdr_by", "holm": "holm"}
    out: Pairs = {
        ours: (adjust_p_values(p, method=ours), multipletests(p, method=theirs)[1])
        for ours, theirs in names.items()
    }
    holes = np.append(p, np.nan)
    out["with a hole"] = (adjust_p_values(holes)[:-1], adjust_p_values(p))
    return out


def promoters(rng: Rng) -> Pairs:
    counts = rng.integers(0, 9, (3, 12))
    counts[1] += counts.sum(axis=0) == 0
    ours = net_promoter(*counts, clip=False)
    answers = [np.repeat([100.0, 0.0, -100.0], c) for c in counts.T]
    error = [a.std(ddof=1) / np.sqrt(len(a)) if len(a) > 1 else np.nan for a in answers]
    low = []
    for a in answers:
        n = len(a) + 3
        p, d = ((a == 100).sum() + 0.75) / n, ((a == -100).sum() + 0.75) / n
        low.append(100 * (p - d - 1.959963984540054 * np.sqrt((p + d - (p - d) ** 2) / n)))
    return {"score": (ours.score, [a.mean() for a in answers]), "error": (ours.std_error, error),
            "low": (ours.conf_low, low)}  # fmt: skip


def meta_analysis(rng: Rng) -> Pairs:
    from scipy import optimize, stats
    from statsmodels.stats.meta_analysis import combine_effects

    k = int(rng.integers(3, 15))
    se = rng.uniform(0.2, 2, k)
    b = rng.normal(2, rng.choice([0.0, 1.5]), k) + rng.normal(0, se)
    df = rng.integers(7, 60, k).astype(float)
    h, theirs = heterogeneity(b, se), combine_effects(b, se**2, method_re="dl")
    w = 1 / se**2
    mean, lack = (w @ b) / w.sum(), ((1 - w / w.sum()) ** 2 / df).sum()
    f = (w @ (b - mean) ** 2 / (k - 1)) / (1 + 2 * (k - 2) / (k**2 - 1) * lack)
    df2 = (k**2 - 1) / (3 * lack)

    def restricted(tau2: float) -> float:
        v = 1 / (se**2 + tau2)
        m = (v @ b) / v.sum()
        return float(-np.log(v).sum() + np.log(v.sum()) + v @ (b - m) ** 2)

    best = optimize.minimize_scalar(
        restricted, bounds=(0, 50), method="bounded", options={"xatol": 1e-10}
    ).x
    ours_f, ours_df2, ours_p = welch_james(b, se, df)
    root = rng.normal(0, 1, (k, k))
    cov, g = root @ root.T + np.eye(k), 40
    contrast_of = np.eye(k)[:-1] - np.eye(k)[1:]
    d = contrast_of @ b
    wald = d @ np.linalg.solve(contrast_of @ cov @ contrast_of.T, d)
    joint = wald * (g - k + 1) / ((g - 1) * (k - 1))
    # statsmodels leaves a negative variance as it is; zero is its floor here, as in metafor
    random: Pairs = {"tau2": (h.tau2, 0.0)} if theirs.tau2 < 0 else {
        "tau2": (h.tau2, theirs.tau2), "mean": (h.mean, theirs.mean_effect_re),
        "se": (h.std_error, theirs.sd_eff_w_re), "HK": (h.std_error_hk, theirs.sd_eff_w_re_hksj),
    }  # fmt: skip
    return random | {
        "Q": (h.q, theirs.q), "F": (ours_f, f), "df2": (ours_df2, df2),
        "p": (ours_p, stats.f.sf(f, k - 1, df2)),
        "REML": (round(restricted(h.tau2_reml) - restricted(best), 6) <= 0, True),
        "joint F": (joint_equality(b, cov, g)[0], joint),
    }  # fmt: skip


def lags(rng: Rng) -> Pairs:
    units, periods, k = 60, int(rng.integers(9, 13)), int(rng.integers(1, 4))
    data = pl.DataFrame({
        "unit_id": np.repeat(np.arange(units), periods),
        "period_id": np.tile(np.arange(periods), units),
        "mean_e": rng.normal(0, 1, units * periods), "mean_c": rng.normal(0, 1, units * periods),
    }).with_columns(period_index=pl.col("period_id"))  # fmt: skip
    data = data.filter(pl.Series(rng.random(len(data)) > rng.choice([0.0, 0.15])))
    rows = lag_profile(data, max_lag=k, n_draws=20).estimates.filter(pl.col("term") != "argmax")
    slope, pairs = [], []
    for lag in range(-k, k + 1):
        earlier = data.select("unit_id", pl.col("period_id") + lag, pl.col("mean_e").alias("x"))
        both = data.join(earlier, on=["unit_id", "period_id"]).sort("unit_id", "period_id")
        groups = both["unit_id"].to_numpy(), both["period_id"].to_numpy()
        x, y = (residual(both[c].to_numpy(), *groups) for c in ("x", "mean_c"))
        slope.append((x @ y) / (x @ x))
        pairs.append(len(both))
    rows = rows.sort("lag")
    return {"slopes": (rows["estimate"].to_list(), slope), "n": (rows["n_cells"].to_list(), pairs)}


def quarters(rng: Rng) -> Pairs:
    data = complete(random_panel(rng, min_units=44))
    means = data.group_by("unit_id").agg(
        pl.col("mean_e", "mean_c").mean(), pl.col("location_id").first()
    )
    x, y = means["mean_e"].to_numpy(), means["mean_c"].to_numpy()
    low, high = np.percentile(x, [25, 75])
    row = contrast(data, **PLAIN).row(component="observed", effect_type="difference")

    def gap(mask: np.ndarray) -> float:
        return y[(x >= high) & mask].mean() - y[(x <= low) & mask].mean()

    place = means["location_id"].to_numpy()
    if row["estimate"] is None:
        return {}
    return {"gap": (row["estimate"], gap(np.ones(len(x), dtype=bool))),
            "se": (row["std_error"], delete_one(place, gap))}  # fmt: skip


def changed_slope(rng: Rng) -> Pairs:
    import statsmodels.api as sm

    data = complete(random_panel(rng))
    at = 5 + int(rng.integers(1, data["period_index"].n_unique()))
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()
    post = (data["period_index"].to_numpy() >= at).astype(float)
    design = np.column_stack([x * post, x, dummies(data["period_id"].to_numpy()),
                              dummies(data["location_id"].to_numpy())])  # fmt: skip
    return {"change": (slope_change(data, at=at)[0], sm.OLS(y, design).fit().params[0])}


def planned_change(rng: Rng) -> Pairs:
    units, periods = 60, 9
    data = pl.DataFrame({
        "unit_id": np.repeat(np.arange(units), periods),
        "location_id": np.repeat(np.arange(units) // 4, periods),
        "period_id": np.tile(np.arange(periods), units),
        "mean_e": rng.normal(0, 1, units * periods), "mean_c": rng.normal(0, 1, units * periods),
    }).with_columns(period_index=pl.col("period_id"))  # fmt: skip
    data = data.filter(pl.Series(rng.random(len(data)) > 0.1))
    at, index = int(rng.integers(2, 7)), data["period_index"].to_numpy()
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()

    def shift(mask: np.ndarray) -> float:
        b = [np.polyfit(x[mask & (index == t)], y[mask & (index == t)], 1)[0] for t in range(9)]
        return np.mean(b[at:]) - np.mean(b[:at])

    row = change(data, at=at, **PLAIN).row(component="observed")
    return {"shift": (row["estimate"], shift(np.ones(len(x), dtype=bool))),
            "se": (row["std_error"], delete_one(data["location_id"].to_numpy(), shift))}  # fmt: skip


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


FAMILIES: dict[str, Callable[[Rng], Pairs]] = {
    f.__name__: f
    for f in (
        correlations, partial, repeated, aggregation_quality, mixed_model, least_squares, shares,
        between_corrected, within_corrected, many_tests, promoters, meta_analysis, lags, quarters,
        changed_slope, planned_change, overlap, ladder,
    )
}  # fmt: skip


def disagreements(name: str, seed: int, rtol: float = 1e-6) -> list[str]:
    """What differs in one random design of a family."""
    rng = np.random.default_rng([seed, sum(name.encode())])
    wrong = []
    for key, (ours, theirs) in FAMILIES[name](rng).items():
        a, b = np.asarray(ours, float), np.asarray(theirs, float)
        if a.shape != b.shape or not np.allclose(a, b, rtol=rtol, atol=1e-8, equal_nan=True):
            wrong.append(f"{name} seed {seed} {key}: ours {a}, theirs {b}")
    return wrong
