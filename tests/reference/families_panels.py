"""Adapters of cases about panels: the case in, the product's values out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from reading import Case, as_panel, column, columns_of, nps, table

from pipelines.linkage import between, respondent_sums, within
from pipelines.linkage.correlation import pearson
from pipelines.linkage.fixed_effects import fixed_effects
from pipelines.linkage.intervals import fieller, t_quantile
from pipelines.linkage.panel import cells_of
from pipelines.linkage.random_intercept import random_intercept
from pipelines.linkage.settings import Settings
from pipelines.linkage.sums import jackknife
from pipelines.linkage.unit_moments import (
    REL_X,
    REL_Y,
    SLOPE,
    SLOPE_TRUE,
    Z,
    between_sums,
    unit_averages,
)
from pipelines.linkage.unit_moments import Z_TRUE as BETWEEN_Z_TRUE
from pipelines.linkage.within import SLOPE_TRUE as WITHIN_TRUE
from pipelines.linkage.within import SXY, VAR_TRUE, Z_TRUE, within_jackknife

Values = dict[str, Any]
PLAIN: dict[str, Any] = {
    "correction": "plain", "respondent_overlap": "none", "public_cells": True,
}  # fmt: skip


def _hybrid(case: Case, folder: Path) -> Values:
    data = (
        nps(table(folder, case["input"]))
        if "mean_e" in case["spec"]
        else table(folder, case["input"])
    )
    if "mean_e" in case["spec"]:
        y, x, group = "nps", "mean_e", "unit"
        period = "period" if "period" in case["r_code"] else None
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
        return _grunfeld(case, data)
    y, x, *effects, cluster = _fe_columns(case, data)
    options: Values = PLAIN | {"cluster": f"{cluster}_id", "public_cells": True}
    row = within(as_panel(data), **options).row(component="observed", effect_type="slope")
    if row["estimate"] is not None and effects == ["unit", "period"]:
        return {"estimate": row["estimate"], "se_cv3_partialled": row["std_error"],
                "n_clusters": row["n_clusters"]}  # fmt: skip
    # other effects, or too few clusters for a reported row
    found = fixed_effects(nps(data).drop_nulls([x, y]), y, [x], effects, cluster=cluster)
    return {"estimate": found.coefficients[0], "se_cv3_partialled": found.se_cv3[0],
            "se_hc0": found.se_cr0[0], "n_clusters": found.n_clusters}  # fmt: skip


def _fe_columns(case: Case, data: pl.DataFrame) -> list[str]:
    """Outcome, regressor, effects and cluster, in the order the R code gives them."""
    named = re.findall(r"d\$(\w+)", case["r_code"])
    y = "nps" if "nps(d)" in case["r_code"] or "promoters" in data.columns else named.pop(0)
    return [y, *named]


def _grunfeld(case: Case, data: pl.DataFrame) -> Values:
    y, rest = case["spec"].split("~")
    names = re.findall(r"\w+", rest.split(",")[0])
    two_way = "twoway" in case["r_code"].lower() or "year" in rest.split(";")[0]
    effects = ["firm", "year"] if two_way else ["firm"]
    found = fixed_effects(data, y.strip().split()[-1], names, effects, cluster="firm")
    return {
        f"{kind}_{name}{suffix}": value
        for kind, values, suffix in (
            ("b", found.coefficients, ""),
            ("se", found.se_cr0, "_hc0"),
        )
        for name, value in zip(names, values, strict=True)
    }


def _between_eiv(case: Case, folder: Path) -> Values:
    data = as_panel(table(folder, case["input"]))
    result = between(data, **PLAIN)
    out: Values = {}
    for component in ("observed", "corrected"):
        row = result.row(component=component, effect_type="slope")
        out |= {f"slope_{component}": row["estimate"], f"se_slope_{component}": row["std_error"]}
        row = result.row(component=component, effect_type="r", method="unit_means/1")
        out |= {f"r_{component}": row["estimate"], f"r_{component}_low": row["conf_low"],
                f"r_{component}_high": row["conf_high"]}  # fmt: skip
    for side, component in (("e", "reliability_x"), ("c", "reliability_y")):
        shown = result.estimates.filter(component=component)["estimate"].to_list()
        out[f"reliability_{side}"] = shown[0] if shown else None
    shown = {k: row[k] for k in ("n_units", "n_clusters")} | {
        k: v for k, v in out.items() if v is not None
    }
    return _hidden_between(data) | shown


def _hidden_between(data: pl.DataFrame) -> Values:
    """Values that the product computes but does not show behind its guards."""
    settings = Settings(**PLAIN)
    cells = cells_of(data, settings)
    x, y = unit_averages(cells)
    jack = jackknife(*between_sums(cells, settings, x, y, np.ones(cells.n_units)))
    q = t_quantile(0.975, jack.n_clusters - 1)
    value, error = jack.estimate, jack.std_error
    out = {"slope_observed": value[SLOPE], "se_slope_observed": error[SLOPE],
           "slope_corrected": value[SLOPE_TRUE], "se_slope_corrected": error[SLOPE_TRUE],
           "reliability_e": value[REL_X], "reliability_c": value[REL_Y]}  # fmt: skip
    for name, place in (("observed", Z), ("corrected", BETWEEN_Z_TRUE)):
        out |= {f"r_{name}": np.tanh(value[place]),
                f"r_{name}_low": np.tanh(value[place] - q * error[place]),
                f"r_{name}_high": np.tanh(value[place] + q * error[place])}  # fmt: skip
    return {k: float(v) for k, v in out.items()}


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
        shown = result.estimates.filter(component=component)["estimate"].to_list()
        values[f"reliability_within_{side}"] = shown[0] if shown else None
    return _hidden_within(data) | {k: v for k, v in values.items() if v is not None}


def _hidden_within(data: pl.DataFrame) -> Values:
    """Values that the product computes but does not show behind its guards."""
    settings = Settings(**PLAIN)
    jack = within_jackknife(cells_of(data, settings), settings)
    cov = jack.cov[np.ix_([SXY, VAR_TRUE], [SXY, VAR_TRUE])]
    quantile = t_quantile(0.975, jack.n_clusters - 1)
    value, error = jack.estimate, jack.std_error
    ends = fieller(value[SXY], value[VAR_TRUE], cov, quantile)
    return {
        "slope_observed": float(value[0]), "se_observed": float(error[0]),
        "slope_corrected": float(value[WITHIN_TRUE]), "se_corrected": float(error[WITHIN_TRUE]),
        "fieller_low": ends.low, "fieller_high": ends.high,
        "reliability_within_e": float(value[4]), "reliability_within_c": float(value[5]),
        "signal_t": float(value[VAR_TRUE] / error[VAR_TRUE]),
        "r_corrected": float(np.tanh(value[Z_TRUE])),
    }  # fmt: skip


def _simpson(case: Case, folder: Path) -> Values:
    """Slopes of cells with the indicator columns that a key names (none: pooled), or of means."""
    data = table(folder, case["input"])
    data = nps(data) if "promoters" in data.columns else data
    y, x = (next(c for c in names if c in data.columns)
            for names in (("nps", "c", "y", "mean_c"), ("mean_e", "e", "x")))  # fmt: skip
    data = data.drop_nulls([x, y])
    out: Values = {}
    for name, wanted in case["expected"].items():
        key = name.lower()
        if isinstance(wanted, bool) or "revers" in key or "flip" in key:
            signs = [np.sign(v) for v in out.values()]
            out[name] = type(wanted)(min(signs, default=0) < 0 < max(signs, default=0))
            continue
        if "between" in key:
            means = data.group_by("unit").agg(pl.col(x, y).mean())
            out[name] = pearson(column(means, x), column(means, y)).slope
            continue
        effects = [e for e in ("region", "location", "unit", "team") if e in key][-1:]
        if not effects and "within" in key:
            effects = ["unit"]
        effects = [e for e in effects if e in data.columns]
        effects += ["period"] if "period" in case["spec"] else []
        found = fixed_effects(data, y, [x], effects, cluster="location")
        out[name] = found.se_cv3[0] if key.startswith("se") else found.coefficients[0]
    return out


def _overlap(case: Case, folder: Path) -> Values:
    named = re.search(r"\((\w+\.csv)\)", case["spec"])
    customers = (
        named.group(1) if named else Path(case["input"]).name.replace("respondents", "customers")
    )
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
    pairs = sums["person_den"].sum()
    person = sums["person_num"].sum() / pairs if pairs else 0.0
    out: Values = {"var_total": pooled, "var_person": person, "var_occasion": pooled - person}
    for name, declared in (("independent", "none"), ("overlap", "key")):
        options: dict[str, Any] = {
            "correction": "plain", "respondent_overlap": declared, "overlap": sums,
            "public_cells": True,
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
    settings = Settings(**options)
    cells = cells_of(data, settings)
    if function is within:
        return float(within_jackknife(cells, settings).estimate[WITHIN_TRUE])
    x, y = unit_averages(cells)
    sums, statistic = between_sums(cells, settings, x, y, np.ones(cells.n_units))
    return float(statistic(sums.sum(axis=0))[SLOPE_TRUE])


PANELS: dict[str, Callable[[Case, Path], Values]] = {
    "hybrid_reml": _hybrid,
    "fe_clustered": _fixed_effects,
    "between_eiv": _between_eiv,
    "within_eiv": _within_eiv,
    "overlap_eiv": _overlap,
    "simpson": _simpson,
}
