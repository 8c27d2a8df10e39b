"""Adapters of cases about formulas: the case in, the product's values out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from reading import Case, column, columns_of, nps, numbers_of, table

from pipelines.linkage.agreement import icc_from_cells, one_way_icc
from pipelines.linkage.correlation import (
    compare_correlations,
    disattenuate,
    partial_correlation,
    pearson,
    repeated_measures_correlation,
    spearman,
)  # fmt: skip
from pipelines.linkage.heterogeneity import heterogeneity, welch_james
from pipelines.linkage.item_agreement import (
    average_deviation,
    null_variance,
    within_group_agreement,
)  # fmt: skip
from pipelines.linkage.multiplicity import adjust_p_values
from pipelines.linkage.net_promoter import net_promoter
from pipelines.linkage.power import partial_r_squared, robustness_value, units_needed
from pipelines.linkage.random_intercept import random_intercept
from pipelines.linkage.shapley import lmg_shares, relative_weights

Values = dict[str, Any]


def _pearson(case: Case, folder: Path) -> Values:
    data, names = table(folder, case["input"]), columns_of(case)
    return pearson(column(data, names[0]), column(data, names[1]))._asdict()


def _spearman(case: Case, folder: Path) -> Values:
    data, names = table(folder, case["input"]), columns_of(case)
    found = spearman(column(data, names[0]), column(data, names[1]))._asdict()
    return found | {
        "conf_low_bonett_wright": found["conf_low"], "conf_high_bonett_wright": found["conf_high"],
    }  # fmt: skip


def _weighted(case: Case, folder: Path) -> Values:
    units = (
        nps(table(folder, case["input"]))
        .group_by("unit")
        .agg(pl.col("mean_e", "nps", "n_c").mean())
    )
    x, y, n = (column(units, c) for c in ("mean_e", "nps", "n_c"))
    weighted, equal = pearson(x, y, weights=n), pearson(x, y)
    return {"r_weighted": weighted.estimate, "slope_weighted": weighted.slope,
            "r_equal": equal.estimate, "slope_equal": equal.slope, "n_units": len(x)}  # fmt: skip


def _partial(case: Case, folder: Path) -> Values:
    data, names = table(folder, case["input"]), columns_of(case)
    controls = data.select(names[2:]).cast(pl.Float64).to_numpy()
    return partial_correlation(column(data, names[0]), column(data, names[1]), controls)._asdict()


def _rmcorr(case: Case, folder: Path) -> Values:
    data, names = table(folder, case["input"]), columns_of(case)
    subject = data[names[0]].cast(pl.String).to_numpy()
    x, y = column(data, names[1]), column(data, names[2])
    found = repeated_measures_correlation(subject, x, y)._asdict()
    other = repeated_measures_correlation(subject, x, y, interval="rmcorr")
    return found | {"conf_low_rmcorr": other.conf_low, "conf_high_rmcorr": other.conf_high}


def _icc_values(found: Any) -> Values:
    return {
        "icc1_nbar": found.icc1_mean_size, "icc1_n0": found.icc1, "icc2": found.icc2,
        "n0": found.n0, "msb": found.msb, "msw": found.msw, "F": found.f, "df1": found.df1,
        "df2": found.df2, "icc2_low": found.icc2_low, "icc2_high": found.icc2_high,
    }  # fmt: skip


def _icc(case: Case, folder: Path) -> Values:
    value, group = re.search(r"of (\w+) by (\w+)", case["spec"]).groups()
    data = table(folder, case["input"]).drop_nulls([value, group])
    groups = data[group].cast(pl.String).to_numpy()
    fit = random_intercept(groups, column(data, value))
    share = fit.var_group / (fit.var_group + fit.var_residual)
    return _icc_values(one_way_icc(groups, column(data, value))) | {"icc1_reml": share}


def _icc_cells(case: Case, folder: Path) -> Values:
    data = table(folder, case["input"])
    return _icc_values(icc_from_cells(*(column(data, c) for c in ("n", "mean", "var"))))


def _rwg(case: Case, folder: Path) -> Values:
    first, last, group = re.search(r"of (\w+)\.\.(\w+) by (\w+)", case["spec"]).groups()
    data = table(folder, case["input"])
    items = data.columns[data.columns.index(first) : data.columns.index(last) + 1]
    options = int(re.search(r"A=(\d+)", case["spec"]).group(1))
    by = data.group_by(group, maintain_order=True)
    variances = by.agg(pl.col(items).var()).sort(group).select(items).to_numpy()
    named = re.search(r"sigma2_EU=([\d.]+)", case["spec"])
    null = (
        float(named.group(1))
        if named
        else null_variance(options, "slight_skew" if "skew" in case["spec"] else "uniform")
    )
    agreement = within_group_agreement(variances, null)
    scale = by.agg(pl.mean_horizontal(items).var().alias("v")).sort(group)["v"].to_numpy()
    deviations = [average_deviation(g.select(items).to_numpy()) for _, g in by]
    return {
        "rwgj_mean": agreement.mean(), "rwgj_median": np.median(agreement),
        "rwgj_min": agreement.min(), "share_ge_070": (agreement >= 0.70).mean(),
        "first3": agreement[:3].tolist(), "n_groups": len(agreement),
        "rwg_scale_mean": within_group_agreement(scale[:, None], null).mean(),
        "ad_mean": float(np.mean(deviations)),
    }  # fmt: skip


def _drivers(case: Case, folder: Path) -> Values:
    data, items = table(folder, case["input"]), case["expected"]["order"]
    outcome = columns_of(case)[0]
    r = np.corrcoef(data.select(*items, outcome).cast(pl.Float64).to_numpy().T)
    shares = lmg_shares(r)
    return {"lmg": shares.tolist(), "relative_weights": relative_weights(r).tolist(),
            "r_squared": shares.sum(), "order": items}  # fmt: skip


def _disattenuated(case: Case, folder: Path) -> Values:
    return {"estimate": disattenuate(*numbers_of(case)[:3])}


def _p_adjust(case: Case, folder: Path) -> Values:
    p = column(table(folder, case["input"]), "p")
    out = {m: adjust_p_values(p, method=m).tolist() for m in ("BH", "BY", "holm")}
    return out | {"n_rejected_bh_05": int((np.array(out["BH"]) <= 0.05).sum())}


def _nps(case: Case, folder: Path) -> Values:
    data = table(folder, case["input"])
    found = net_promoter(
        *(column(data, c) for c in ("promoters", "passives", "detractors")), clip=False
    )
    unbiased = [None if np.isnan(v) else v for v in found.std_error]
    return {"nps": found.score.tolist(), "se_unbiased": unbiased,
            "se_plugin": found.std_error_plugin.tolist(), "adj_wald_low": found.conf_low.tolist(),
            "adj_wald_high": found.conf_high.tolist()}  # fmt: skip


def _heterogeneity(case: Case, folder: Path) -> Values:
    data = table(folder, case["input"])
    b, se, df = (column(data, c) for c in ("b", "se", "df"))
    h, (f, df2, p) = heterogeneity(b, se), welch_james(b, se, df)
    return {
        "Q": h.q, "Q_p": h.q_p_value, "tau2_DL": h.tau2, "mu_DL": h.mean, "se_DL": h.std_error,
        "I2_DL": h.i2, "tau2_REML": h.tau2_reml, "mu_REML": h.mean_reml,
        "se_HKSJ_DL": h.std_error_hk, "welch_james_F": f, "welch_james_df2": df2,
        "welch_james_p": p, "shrunken_DL": h.shrunken.tolist(),
        "pi_low": h.prediction_low, "pi_high": h.prediction_high,
        "se_HKSJ_truncated": h.std_error_hk_truncated,
    }  # fmt: skip


def _power(case: Case, folder: Path) -> Values:
    r, words = case["expected"]["r"], case["spec"]
    alpha = re.search(r"alpha\s*=?\s*(0?\.\d+)", words)
    power = re.search(r"power\s*=?\s*(0?\.\d+)", words)
    options = {
        "level": 1 - float(alpha.group(1)) if alpha else 0.95,
        "power": float(power.group(1)) if power else 0.80,
    }
    return {"r": r, "n": [units_needed(v, **options) for v in r]}


def _sensitivity(case: Case, folder: Path) -> Values:
    t, df = numbers_of(case)[:2]
    return {"rv": robustness_value(t, df), "partial_r2": partial_r_squared(t, df)}


def _compare_r(case: Case, folder: Path) -> Values:
    r1, n1, r2, n2 = numbers_of(case)[:4]
    z, p = compare_correlations(r1, int(n1), r2, int(n2))
    return {"z": z, "p_value": p, "psych_p": p}


FORMULAS: dict[str, Callable[[Case, Path], Values]] = {
    "pearson": _pearson,
    "spearman": _spearman,
    "weighted_pearson": _weighted,
    "partial_corr": _partial,
    "rmcorr": _rmcorr,
    "icc": _icc,
    "icc_from_aggregates": _icc_cells,
    "rwg": _rwg,
    "drivers": _drivers,
    "disattenuated": _disattenuated,
    "p_adjust": _p_adjust,
    "nps": _nps,
    "heterogeneity": _heterogeneity,
    "power": _power,
    "sensitivity": _sensitivity,
    "compare_r": _compare_r,
}
