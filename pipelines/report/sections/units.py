"""Units: every one as a point with the line of the estimate, and where the two voices part."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.report.charts.units import quadrants, scatter
from pipelines.report.sections.section import Context, Section, Table
from pipelines.report.slices import MOST_CELLS, SMALLEST, slices, unit_means, window_cells

ENOUGH_ANSWERS = 30
"""Answers of each voice a unit must have before it is named as one where the voices part."""
APART = 0.5
"""Standard deviations from the middle of both voices, below which a unit is simply near it."""
MOST_NAMED = 6


def unit_sections(context: Context) -> list[Section]:
    """The scatter and the quadrants; both say what is missing when there are no units."""
    text, primary = context.text, context.published.primary
    if primary is None:
        return []
    cells = window_cells(context.published)
    means = unit_means(cells)
    refused = context.refusals(
        context.published.answers("between", component="observed", effect_type="slope")
    )
    if means.is_empty():
        return [Section("units", text("units.title"), refusals=refused)]
    return [_units(context, cells, means, refused), _quadrants(context, means)]


def _units(context: Context, cells: pl.DataFrame, means: pl.DataFrame, refused: list) -> Section:
    text, primary = context.text, context.published.primary
    assert primary is not None
    made = slices(context.published, cells, means)
    rows = [_point(row, "all") for row in means.iter_rows(named=True)]
    drawn = scatter(
        rows, [], x=_axis(primary, "x"), y=_axis(primary, "y"),
        names={"unit": text.word("unit"), "x": primary["x_label"], "y": primary["y_label"]},
        alternative=text("units.alternative", n=text.count(len(rows)), x=primary["x_label"],
                         y=primary["y_label"]),
    )  # fmt: skip
    with_periods = cells["period_id"].n_unique() > 1 and len(cells) <= MOST_CELLS
    says = [text("units.says", n=text.count(len(rows)))]
    hidden = _hidden(context)
    if hidden:
        says.append(text("units.hidden", n=text.count(hidden)))
    return Section(
        "units", text("units.title"), says=says, charts=[drawn],
        how_to_read=text("units.how_to_read"), refusals=refused, template="units",
        extra={
            "slices": {
                name: {**part, "sentence": _slice_words(context, part)}
                for name, part in made.items()
                if with_periods or not name.startswith("period:")
            },
            "filters": _filters(means, cells if with_periods else None),
            "cells": [_point(r, r["period_id"]) for r in cells.iter_rows(named=True)]
            if with_periods else [],
            "few": text("units.few", n=SMALLEST),
            "no_line": text("units.no_line"),
        },
    )  # fmt: skip


def _point(row: dict[str, Any], period: str) -> dict[str, Any]:
    return {
        "unit_id": row["unit_id"], "unit": unit_name(row), "x": row["x"], "y": row["y"],
        "region_id": row["region_id"], "location_id": row["location_id"], "period_id": period,
    }  # fmt: skip


def unit_name(row: dict[str, Any]) -> str:
    """A unit as people name it: team and location, without saying the place twice."""
    team, place = row["team_name"], row["location_name"]
    if team and place and place not in team:
        return f"{team}, {place}"
    return team or place or row["unit_id"]


def _axis(primary: dict[str, Any], side: str) -> str:
    unit = "0–100" if side == "x" else primary["unit_y"]
    return f"{primary[f'{side}_label']} ({unit})"


def _hidden(context: Context) -> int:
    scores = context.published.tables["unit_period_scores"]
    codes = pl.any_horizontal(
        ~pl.col("employee_reason_code").is_in(["released", "absent"]),
        ~pl.col("customer_reason_code").is_in(["released", "absent"]),
    )
    return scores.filter(codes).height


def _filters(means: pl.DataFrame, cells: pl.DataFrame | None) -> dict[str, list[dict[str, str]]]:
    """The choices of each filter, as value and name."""
    found = {
        level: [
            {"value": code, "name": name or code}
            for code, name in means.select(f"{level}_id", f"{level}_name").drop_nulls(f"{level}_id")
            .unique(f"{level}_id").sort(f"{level}_name", f"{level}_id").iter_rows()
        ]
        for level in ("region", "location")
    }  # fmt: skip
    periods = [] if cells is None else cells["period_id"].unique().sort().to_list()
    return {**found, "period": [{"value": p, "name": p} for p in periods]}


def _slice_words(context: Context, part: dict[str, Any]) -> str:
    text = context.text
    if not part["line"] or part["estimate"] is None:
        return text("units.few", n=SMALLEST)
    primary = context.published.primary
    assert primary is not None
    return text(
        "units.line", slope=text.number(part["estimate"], 2, sign=True), y=primary["unit_y"],
        n=text.count(part["n_units"]),
        interval=text.interval({**part, "conf_shape": "bounded"}),
    )  # fmt: skip


def _quadrants(context: Context, means: pl.DataFrame) -> Section:
    text, primary = context.text, context.published.primary
    assert primary is not None
    if len(means) < SMALLEST:
        return Section("quadrants", text("quadrants.title"), says=[text("units.few", n=SMALLEST)])
    placed = _placed(means)
    counts = dict(placed.group_by("corner").len().iter_rows())
    middle = {"x": float(means["x"].median()), "y": float(means["y"].median())}  # type: ignore[arg-type]
    corners = [
        {"corner": c, "text": text(f"quadrants.{c}", n=text.count(counts.get(c, 0))), **middle}
        for c in ("high_high", "low_high", "low_low", "high_low")
    ]
    style = {"high_low": "employee", "low_high": "customer"}
    rows = [
        {**_point(r, "all"), "style": style.get(r["corner"], "muted")}
        for r in placed.iter_rows(named=True)
    ]
    drawn = quadrants(
        rows, corners, x=_axis(primary, "x"), y=_axis(primary, "y"),
        alternative="; ".join(c["text"] for c in corners),
    )  # fmt: skip
    named = [
        {"corner": text(f"quadrants.{corner}_name"), "unit": unit_name(r), "x": r["x"], "y": r["y"]}
        for corner in style
        for r in _named(placed.filter(pl.col("corner") == corner))
    ]
    table = Table("unit_period_scores", context.columns(
        {"corner": "text", "unit": "text", "x": "score", "y": "score"}), named)  # fmt: skip
    apart = sum(counts.get(c, 0) for c in style)
    return Section(
        "quadrants", text("quadrants.title"), charts=[drawn], tables=[table] if named else [],
        says=[text("quadrants.says", n=text.count(apart), all=text.count(len(means))),
              text("quadrants.named", n=MOST_NAMED, answers=ENOUGH_ANSWERS)],
        how_to_read=text("quadrants.how_to_read"),
    )  # fmt: skip


def _placed(means: pl.DataFrame) -> pl.DataFrame:
    """Each unit's field: relative to the medians, `middle` within half a standard deviation."""
    far = {c: (pl.col(c) - pl.col(c).median()) / pl.col(c).std() for c in ("x", "y")}
    side = {
        c: pl.when(z >= 0).then(pl.lit("high")).otherwise(pl.lit("low")) for c, z in far.items()
    }
    return means.with_columns(
        pl.concat_str(side["x"], pl.lit("_"), side["y"]).alias("corner"),
        (pl.min_horizontal(far["x"].abs(), far["y"].abs()) >= APART).alias("is_far"),
    )


def _named(units: pl.DataFrame) -> list[dict[str, Any]]:
    """Units that may be named: enough answers and clearly apart; by name, never ranked."""
    enough = units.filter(
        "is_far", pl.col("n_x") >= ENOUGH_ANSWERS, pl.col("n_y") >= ENOUGH_ANSWERS
    )
    farthest = enough.with_columns(
        ((pl.col("x") - units["x"].mean()).abs()).alias("away")
    ).sort("away", "unit_id", descending=[True, False]).head(MOST_NAMED)  # fmt: skip
    return farthest.sort("team_name", "location_name", "unit_id").to_dicts()
