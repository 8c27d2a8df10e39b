"""Reading cases: files, columns and numbers named in a case's own words."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import polars as pl

Case = dict[str, Any]


def cases_in(name: str) -> list[Case]:
    """Cases of one JSON file, or nothing when the reference is not there."""
    folder = os.environ.get("CROSSVOICE_REFERENCE")
    path = Path(folder or "") / name
    if not folder or not path.is_file():
        return []
    content = json.loads(path.read_text())
    return content["cases"] if isinstance(content, dict) else content


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(folder / name, null_values=["NA", ""], infer_schema_length=None)


def as_panel(data: pl.DataFrame) -> pl.DataFrame:
    """Reference column names as panel columns."""
    names = {"unit": "unit_id", "location": "location_id", "region": "region_id",
             "period": "period_id", "e": "mean_e", "c": "mean_c"}  # fmt: skip
    data = data.rename({k: v for k, v in names.items() if k in data.columns})
    if "period_id" not in data.columns:
        data = data.with_columns(period_id=pl.lit(1))
    return data.with_columns(period_index=pl.col("period_id"))


def columns_of(case: Case) -> list[str]:
    """Column names in the order the R code names them (``d$name`` or quoted)."""
    return re.findall(r"d\$(\w+)", case["r_code"]) or re.findall(r'"(\w+)"', case["r_code"])


def numbers_of(case: Case) -> list[float]:
    """Numbers that follow an equals sign in the specification."""
    return [float(v) for v in re.findall(r"=\s*(-?\d*\.?\d+)", case["spec"])]


def column(data: pl.DataFrame, name: str) -> Any:
    return data[name].cast(pl.Float64).to_numpy()


def nps(data: pl.DataFrame) -> pl.DataFrame:
    """Adds the net promoter score as ``nps``."""
    n = pl.sum_horizontal("promoters", "passives", "detractors")
    return data.with_columns(nps=100 * (pl.col("promoters") - pl.col("detractors")) / n)
