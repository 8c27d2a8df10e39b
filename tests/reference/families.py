"""One adapter per family of reference cases: the case in, the product's values out.

Adapters only pick columns and name results; every number comes from the public functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from reading import Case, as_panel, column, columns_of, nps, numbers_of, table

from pipelines.linkage import between, contrast, lag_profile, respondent_sums, within
from pipelines.linkage.agreement import (
    average_deviation,
    icc_from_cells,
    null_variance,
    one_way_icc,
    within_group_agreement,
)  # fmt: skip
from pipelines.linkage.change import slope_change
from pipelines.linkage.contrast import quarter_cuts
from pipelines.linkage.correlation import (
    compare_correlations,
    disattenuate,
    partial_correlation,
    pearson,
    repeated_measures_correlation,
    spearman,
)  # fmt: skip
from pipelines.linkage.fixed_effects import fixed_effects
from pipelines.linkage.heterogeneity import heterogeneity, welch_james
from pipelines.linkage.intervals import fieller, t_quantile
from pipelines.linkage.multiplicity import adjust_p_values
from pipelines.linkage.net_promoter import net_promoter
from pipelines.linkage.panel import cells_of
from pipelines.linkage.power import partial_r_squared, robustness_value, units_needed
from pipelines.linkage.random_intercept import random_intercept
from pipelines.linkage.settings import Settings
from pipelines.linkage.shapley import lmg_shares, relative_weights
from pipelines.linkage.unit_moments import SLOPE_TRUE, between_sums, unit_averages
from pipelines.linkage.within import SLOPE_TRUE as WITHIN_TRUE
from pipelines.linkage.within import SXY, VAR_TRUE, Z_TRUE, within_jackknife

Values = dict[str, Any]
PLAIN: dict[str, Any] = {"correction": "plain", "respondent_overlap": "none"}


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
    null = null_variance(options, "slight_skew" if "skew" in case["spec"] else "uniform")
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


def _hybrid(case: Case, folder: Path) -> Values:
    data = (
        nps(table(folder, case["input"]))
        if "mean_e" in case["spec"]
        else table(folder, case["input"])
    )
    if "mean_e" in case["spec"]:
        y, x, group, period = "nps", "mean_e", "unit", "period"
    else:
        y, x, group = columns_of(case)[:3]
        period = None
    data = data.drop_nulls([y, x])
    values = column(data, x)
    mean = data.select(pl.col(x).mean().over(group)).to_series().to_numpy()
    columns = [values - mean, mean]
    if period is not None:
        columns += [
            (data[period] == p).cast(pl.Float64).to_numpy()
            for p in sorted(data[period].unique())[1:]
        ]
    fit = random_intercept(data[group].cast(pl.String).to_numpy(), column(data, y), columns)
    b, se = fit.coefficients, fit.std_errors
    return {
        "b_within": b[1], "se_within": se[1], "b_between": b[2], "se_between": se[2],
        "contextual": b[2] - b[1], "var_group": fit.var_group, "var_resid": fit.var_residual,
    }  # fmt: skip


def _fixed_effects(case: Case, folder: Path) -> Values:
    data = table(folder, case["input"])
    if "firm" in data.columns:
        y, rest = case["spec"].split("~")
        names = re.findall(r"\w+", rest.split(",")[0])
        effects = "firm,year" if "twoway" in case["r_code"].lower() else "firm"
        found = fixed_effects(
            data, y.strip().split()[-1], names, effects.split(","), cluster="firm"
        )
        return {
            f"{kind}_{name}{suffix}": value
            for kind, values, suffix in (
                ("b", found.coefficients, ""),
                ("se", found.se_cr0, "_hc0"),
            )
            for name, value in zip(names, values, strict=True)
        }
    row = within(as_panel(data), **PLAIN).row(component="observed", effect_type="slope")
    return {"estimate": row["estimate"], "se_cv3_partialled": row["std_error"],
            "n_clusters": row["n_clusters"]}  # fmt: skip


def _drivers(case: Case, folder: Path) -> Values:
    data, items = table(folder, case["input"]), case["expected"]["order"]
    outcome = columns_of(case)[0]
    r = np.corrcoef(data.select(*items, outcome).cast(pl.Float64).to_numpy().T)
    shares = lmg_shares(r)
    return {"lmg": shares.tolist(), "relative_weights": relative_weights(r).tolist(),
            "r_squared": shares.sum(), "order": items}  # fmt: skip


def _disattenuated(case: Case, folder: Path) -> Values:
    return {"estimate": disattenuate(*numbers_of(case)[:3])}


def _between_eiv(case: Case, folder: Path) -> Values:
    result = between(as_panel(table(folder, case["input"])), **PLAIN)
    out: Values = {}
    for component in ("observed", "corrected"):
        row = result.row(component=component, effect_type="slope")
        out |= {f"slope_{component}": row["estimate"], f"se_slope_{component}": row["std_error"]}
        row = result.row(component=component, effect_type="r", method="unit_means/1")
        out |= {f"r_{component}": row["estimate"], f"r_{component}_low": row["conf_low"],
                f"r_{component}_high": row["conf_high"]}  # fmt: skip
    for side, component in (("e", "reliability_x"), ("c", "reliability_y")):
        out[f"reliability_{side}"] = result.row(component=component)["estimate"]
    return out | {k: row[k] for k in ("n_units", "n_clusters")}


def _within_eiv(case: Case, folder: Path) -> Values:
    data = as_panel(table(folder, case["input"]))
    result = within(data, **PLAIN)
    observed = result.row(component="observed", effect_type="slope")
    corrected = result.row(component="corrected", effect_type="slope")
    values = {
        "slope_observed": observed["estimate"], "se_observed": observed["std_error"],
        "slope_corrected": corrected["estimate"], "se_corrected": corrected["std_error"],
        "fieller_low": corrected["conf_low"], "fieller_high": corrected["conf_high"],
        "signal_t": observed["signal_t"],
        "r_corrected": result.row(component="corrected", effect_type="r")["estimate"],
    }  # fmt: skip
    for side, component in (("e", "reliability_x"), ("c", "reliability_y")):
        values[f"reliability_within_{side}"] = result.row(component=component)["estimate"]
    return values if corrected["verdict"] != "refused" else values | _hidden_within(data)


def _hidden_within(data: pl.DataFrame) -> Values:
    """Corrected values that the product computes but does not show below its signal gate."""
    settings = Settings(**PLAIN)
    jack = within_jackknife(cells_of(data, settings), settings)
    cov = jack.cov[np.ix_([SXY, VAR_TRUE], [SXY, VAR_TRUE])]
    quantile = t_quantile(0.975, jack.n_clusters - 1)
    ends = fieller(jack.estimate[SXY], jack.estimate[VAR_TRUE], cov, quantile)
    return {
        "slope_corrected": float(jack.estimate[WITHIN_TRUE]),
        "se_corrected": float(jack.std_error[WITHIN_TRUE]),
        "fieller_low": ends.low, "fieller_high": ends.high,
        "r_corrected": float(np.tanh(jack.estimate[Z_TRUE])),
    }  # fmt: skip


def _simpson(case: Case, folder: Path) -> Values:
    """Slopes of cells with the indicator columns that a key names (none: pooled)."""
    data = nps(table(folder, case["input"]))
    out: Values = {}
    for name in case["expected"]:
        effects = [e for e in ("region", "location", "unit") if e in name.lower()][-1:]
        effects += ["period"] if "period" in case["spec"] else []
        out[name] = fixed_effects(
            data, "nps", ["mean_e"], effects, cluster="location"
        ).coefficients[0]
    return out


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
    }  # fmt: skip


def _lag(case: Case, folder: Path) -> Values:
    lags = case["expected"]["lag"]
    result = lag_profile(
        as_panel(table(folder, case["input"])), max_lag=max(lags), cluster="unit_id", n_draws=50
    )
    rows = result.estimates.filter(pl.col("term") != "argmax").sort("lag")
    return {"lag": rows["lag"].to_list(), "slope": rows["estimate"].to_list(),
            "n": rows["n_cells"].to_list(),
            "argmax_abs_t": result.row(term="argmax")["lag"]}  # fmt: skip


def _quartiles(case: Case, folder: Path) -> Values:
    data = as_panel(table(folder, case["input"]))
    row = contrast(data).row(component="observed", effect_type="difference")
    unit = data.drop_nulls("mean_e").group_by("unit_id").agg(pl.col("mean_e").mean())["mean_e"]
    low, high = quarter_cuts(unit.to_numpy())
    return {"top_minus_bottom": row["estimate"], "cut_low": low, "cut_high": high,
            "n_top": int((unit >= high).sum()), "n_bottom": int((unit <= low).sum())}  # fmt: skip


def _power(case: Case, folder: Path) -> Values:
    r = case["expected"]["r"]
    return {"r": r, "n": [units_needed(v) for v in r]}


def _sensitivity(case: Case, folder: Path) -> Values:
    t, df = numbers_of(case)[:2]
    return {"rv": robustness_value(t, df), "partial_r2": partial_r_squared(t, df)}


def _compare_r(case: Case, folder: Path) -> Values:
    r1, n1, r2, n2 = numbers_of(case)[:4]
    z, p = compare_correlations(r1, int(n1), r2, int(n2))
    return {"z": z, "p_value": p, "psych_p": p}


def _slope_change(case: Case, folder: Path) -> Values:
    at = int(re.search(r"post\s*=\s*period\s*>=\s*(\d+)", case["spec"]).group(1))
    return {"change": slope_change(as_panel(table(folder, case["input"])), at=at)[0]}


def _overlap(case: Case, folder: Path) -> Values:
    customers = re.search(r"\((\w+\.csv)\)", case["spec"]).group(1)
    answers = as_panel(table(folder, case["input"])).rename({"person": "respondent_key"})
    cells = answers.group_by("unit_id", "location_id", "period_id").agg(
        n_e=pl.len(), mean_e=pl.col("score").mean(), var_e=pl.col("score").var()
    )
    scores = as_panel(table(folder, str(Path(case["input"]).parent / customers)))
    data = cells.join(scores.drop("location_id", strict=False), on=["unit_id", "period_id"])
    # the customers' own noise does not enter slopes; any known value serves
    data = data.with_columns(n_c=pl.lit(50), var_c=pl.lit(1.0))
    sums = respondent_sums(answers, data)
    pooled = sums["variance_num"].sum() / sums["variance_den"].sum()
    person = sums["person_num"].sum() / sums["person_den"].sum()
    out: Values = {"var_total": pooled, "var_person": person, "var_occasion": pooled - person}
    for name, declared in (("independent", "none"), ("overlap", "key")):
        options: dict[str, Any] = {
            "correction": "plain", "respondent_overlap": declared, "overlap": sums,
        }  # fmt: skip
        for estimand, function in (("within", within), ("between", between)):
            out[f"{estimand}_corrected_{name}"] = _raw_corrected(function, data, options)
            observed = function(data, **options).row(component="observed", effect_type="slope")
            out[f"{estimand}_observed"] = observed["estimate"]
    return out


def _raw_corrected(
    function: Callable[..., Any], data: pl.DataFrame, options: Values
) -> float | None:
    """The corrected slope; where the product refuses to show it, the value it refused."""
    row = function(data, **options).row(component="corrected", effect_type="slope")
    if row["verdict"] != "refused":
        return row["estimate"]
    from pipelines.linkage.panel import cells_of
    from pipelines.linkage.settings import Settings

    settings = Settings(**options)
    cells = cells_of(data, settings)
    if function is within:
        return float(within_jackknife(cells, settings).estimate[WITHIN_TRUE])
    x, y = unit_averages(cells)
    sums, statistic = between_sums(cells, settings, x, y, np.ones(cells.n_units))
    return float(statistic(sums.sum(axis=0))[SLOPE_TRUE])


FAMILIES: dict[str, Callable[[Case, Path], Values]] = {
    "pearson": _pearson, "spearman": _spearman, "weighted_pearson": _weighted,
    "partial_corr": _partial, "rmcorr": _rmcorr, "icc": _icc, "icc_from_aggregates": _icc_cells,
    "rwg": _rwg, "hybrid_reml": _hybrid, "fe_clustered": _fixed_effects, "drivers": _drivers,
    "disattenuated": _disattenuated, "between_eiv": _between_eiv, "within_eiv": _within_eiv,
    "p_adjust": _p_adjust, "nps": _nps, "heterogeneity": _heterogeneity, "lag_profile": _lag,
    "quartile_contrast": _quartiles, "power": _power, "sensitivity": _sensitivity,
    "compare_r": _compare_r, "slope_change": _slope_change, "overlap_eiv": _overlap,
    "simpson": _simpson,
}  # fmt: skip
