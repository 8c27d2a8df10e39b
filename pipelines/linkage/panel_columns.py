"""The columns of a panel: what must be there, of which type, and what is derived.

Here: one row per unit and period brought to the columns the estimators read, with an error that
names the column where that cannot be done. Not here: whether the numbers make sense; that is a
guard and therefore a row (``input_checks``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
import polars as pl

COUNTS = ("promoters", "passives", "detractors")
NUMBERS = ("n_e", "mean_e", "var_e", "n_c", "mean_c", "var_c", "headcount", *COUNTS)
KEYS = ("unit_id", "period_id")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
          "october", "november", "december")  # fmt: skip


def with_scores(panel: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """The panel with every column the estimators read; absent ones are null, NPS is derived.

    Raises TypeError for another kind of table and ValueError, naming the column, for keys that are
    missing, nested or partly empty, scores that are no numbers, and periods that are not counted in
    whole numbers. Without ``period_index`` periods are numbered in the order of ``period_id``, so a
    period that no row has leaves no gap.
    """
    panel = collected(panel)
    _keys(panel)
    kinds = panel.schema
    panel = panel.with_columns(
        _index(panel).alias("period_index"), *(_number(panel, c, kinds.get(c)) for c in NUMBERS)
    )
    if any(panel[c].null_count() == len(panel) for c in COUNTS):
        return panel  # no cell has its counts, so nothing can be derived from them
    return panel.with_columns(_from_counts())


# a small panel costs what its expressions cost to write down, so those are written down once
@cache
def _from_counts() -> tuple[pl.Expr, ...]:
    """Answers, score and variance where the counts are known and they are not."""
    n = pl.sum_horizontal(*COUNTS, ignore_nulls=False)
    p, d = pl.col("promoters") / n, pl.col("detractors") / n
    spread = 1e4 * (p + d - (p - d) ** 2) * n / (n - 1)
    return (
        pl.coalesce("n_c", n).alias("n_c"),
        pl.coalesce("mean_c", pl.when(n > 0).then(100 * (p - d))).alias("mean_c"),
        pl.coalesce("var_c", pl.when(n > 1).then(spread)).alias("var_c"),
    )


def _number(panel: pl.DataFrame, name: str, kind: pl.DataType | None) -> pl.Expr | pl.Series:
    """A column as `numbers` gives it, without looking at values that can be nothing else."""
    if kind is None:
        return _absent(name)
    if not kind.is_numeric():
        return numbers(panel, name).alias(name)
    if kind == pl.Float64 and np.isfinite(panel[name].to_numpy()).all():
        return panel[name]
    return _finite(name)


@cache
def _absent(name: str) -> pl.Expr:
    return pl.lit(None, dtype=pl.Float64).alias(name)


@cache
def _finite(name: str) -> pl.Expr:
    value = pl.col(name).cast(pl.Float64)
    return pl.when(value.is_finite()).then(value).alias(name)


def collected(panel: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """A frame in memory; TypeError for anything that is no Polars frame."""
    if isinstance(panel, pl.LazyFrame):
        return panel.collect()
    if isinstance(panel, pl.DataFrame):
        return panel
    kind = f"{type(panel).__module__.split('.')[0]}.{type(panel).__name__}"
    raise TypeError(
        f"panel is a {kind}; a polars DataFrame or LazyFrame is wanted (polars.from_pandas "
        "makes one of a pandas frame)"
    )


def need_column(panel: pl.DataFrame, name: str, what: str) -> None:
    """ValueError where an option names a column the panel does not have."""
    if name not in panel.columns:
        raise ValueError(f"{what} {name!r} is not a column of the panel")


def need_columns(table: pl.DataFrame, names: Iterable[str], what: str) -> None:
    """ValueError naming every column a table lacks."""
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise ValueError(f"{what} lack the columns {missing}")


def need_list(name: str, value: object) -> None:
    """ValueError where one name was given for a list of them."""
    if isinstance(value, str):
        raise ValueError(f"{name}={value!r}: a list of column names is wanted")


def one_of(name: str, value: object, allowed: Iterable[str]) -> None:
    """ValueError where an option has a value that nothing stands for."""
    if value not in (names := tuple(allowed)):
        raise ValueError(f"{name}={value!r}: allowed are {', '.join(names)}")


def infinite_cells(panel: pl.DataFrame) -> int:
    """Rows with an infinite number; they are read as missing."""
    kinds = panel.schema
    found = np.zeros(len(panel), dtype=bool)
    for name in (c for c in NUMBERS if c in kinds and kinds[c].is_float()):
        found |= np.isinf(panel[name].to_numpy())
    return int(found.sum())


def _keys(panel: pl.DataFrame) -> None:
    missing = [c for c in KEYS if c not in panel.columns]
    if missing:
        raise ValueError(f"panel lacks the columns {missing}; one row per unit_id and period_id")
    for name in KEYS:
        if panel[name].dtype.is_nested():
            raise ValueError(f"column {name!r} holds {panel[name].dtype}; one id per row is wanted")
        if empty := panel[name].null_count():
            raise ValueError(f"column {name!r} is empty in {empty} of {len(panel)} rows")


def numbers(panel: pl.DataFrame, name: str) -> pl.Series:
    """A column as numbers, NaN and infinities missing; ValueError where it holds something else."""
    column = panel[name]
    if column.dtype in (pl.Boolean, pl.Binary) or column.dtype.is_nested() or (
        column.dtype.is_temporal()
    ):  # fmt: skip
        raise ValueError(f"column {name!r} holds {column.dtype}; numbers are wanted")
    values = column.cast(pl.Float64, strict=False)
    if values.null_count() > column.null_count():
        place = int((values.is_null() & column.is_not_null()).arg_true()[0])
        raise ValueError(f"column {name!r}, row {place}: {column[place]!r} is no number")
    finite = pl.when(pl.col(name).is_finite()).then(pl.col(name))
    return values.to_frame(name).select(finite).to_series()


def _index(panel: pl.DataFrame) -> pl.Series:
    if "period_index" not in panel.columns:
        return _in_order(panel["period_id"]).rank("dense").cast(pl.Int64)
    column = panel["period_index"]
    whole = column.cast(pl.Int64, strict=False) if column.dtype.is_numeric() else None
    if whole is None or not (whole == column).all():
        raise ValueError(
            f"column 'period_index' holds {column.dtype} that does not count periods in whole "
            "numbers; leave it out to number periods in the order of period_id"
        )
    if empty := column.null_count():
        raise ValueError(f"column 'period_index' is empty in {empty} of {len(panel)} rows")
    return whole


def _in_order(names: pl.Series) -> pl.Series:
    """Names of periods in the order of time: `p9` before `p10`, `Q4 2024` before `Q1 2025`."""
    if names.dtype not in (pl.String, pl.Categorical):
        return names
    names = names.cast(pl.String)
    dated = {name: _months(name) for name in names.unique()}
    if dated and None not in dated.values():
        return names.replace_strict(dated, return_dtype=pl.Int64)
    parts = names.str.extract_groups(r"^(\D*)(\d{1,18})$")
    head, tail = parts.struct.fields
    counted = parts.struct.field(tail).null_count() == 0
    alike = parts.struct.field(head).n_unique() == 1
    return parts.struct.field(tail).cast(pl.Int64) if counted and alike else names


def _months(name: str) -> int | None:
    """Months up to `Q2 2024`, `04/2024`, `April 2024` or `Apr`; None for any other name.

    >>> [_months(name) for name in ("Q2 2024", "04/2024", "Apr. 2024", "wave 4")]
    [24292, 24292, 24292, None]
    """
    name = name.strip().lower()
    if found := re.fullmatch(r"q([1-4])[\W_]*(\d{4})", name):
        return 12 * int(found[2]) + 3 * int(found[1]) - 2
    if found := re.fullmatch(r"(0?[1-9]|1[0-2])[\W_]+(\d{4})", name):
        return 12 * int(found[2]) + int(found[1])
    if found := re.fullmatch(r"([a-z]{3,9})[\W_]*(\d{4})?", name):
        places = [i for i, month in enumerate(MONTHS, 1) if month.startswith(found[1])]
        return 12 * int(found[2] or 0) + places[0] if places else None
    return None
