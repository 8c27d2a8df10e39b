"""Oracles of formulas on plain arrays: correlations, reliability, shares, tests, segments."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
from random_panels import Pairs, Rng

from pipelines.linkage.agreement import icc_from_cells, one_way_icc
from pipelines.linkage.correlation import (
    partial_correlation,
    pearson,
    spearman,
)  # fmt: skip
from pipelines.linkage.heterogeneity import heterogeneity, joint_equality, welch_james
from pipelines.linkage.item_agreement import within_group_agreement
from pipelines.linkage.multiplicity import adjust_p_values
from pipelines.linkage.net_promoter import net_promoter
from pipelines.linkage.shapley import lmg_shares, relative_weights


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


def aggregation_quality(rng: Rng) -> Pairs:
    from scipy import stats

    sizes = rng.integers(1, 12, int(rng.integers(5, 30)))
    sizes[0] = 6
    group = np.repeat(np.arange(len(sizes)), sizes)
    level = rng.normal(0, 1, len(sizes)) * rng.uniform(0, 1.5)
    values = level[group] + rng.normal(0, 1, len(group))
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
