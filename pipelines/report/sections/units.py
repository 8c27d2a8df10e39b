"""Units: every one as a point with the line of the estimate, and the choices a reader has."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.report.charts.units import scatter
from pipelines.report.published import Row
from pipelines.report.sections.quadrants import (
    axis_of,
    placed_units,
    quadrant_section,
    unit_point,
)
from pipelines.report.sections.section import Context, Refusal, Section
from pipelines.report.slices import MOST_CELLS, SMALLEST, slices, unit_means, window_cells


def unit_sections(context: Context) -> list[Section]:
    """The scatter and the quadrants; without units the first says what is missing."""
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
    placed = placed_units(means)
    points = [unit_point(row, row["style"]) for row in placed.iter_rows(named=True)]
    return [
        _units(context, cells, means, points, refused),
        quadrant_section(context, placed, points),
    ]


def _units(
    context: Context, cells: pl.DataFrame, means: pl.DataFrame, rows: list[Row],
    refused: list[Refusal],
) -> Section:  # fmt: skip
    text, primary = context.text, context.published.primary
    assert primary is not None
    made = slices(context.published, cells, means)
    line = made["all"]["line"] if "all" in made else []
    drawn = scatter(
        rows, line, x=axis_of(context, "x"), y=axis_of(context, "y"),
        alternative=text("units.alternative", n=text.count(len(rows)), x=primary["x_label"],
                         y=primary["y_label"]),
    )  # fmt: skip
    with_periods = cells["period_id"].n_unique() > 1 and len(cells) <= MOST_CELLS
    says = [text("units.says", n=text.count(len(rows)))]
    hidden = _hidden(context)
    if hidden:
        publisher = context.published.publication["publisher"]
        key = "units.hidden_publisher" if publisher else "units.hidden"
        says.append(text(key, n=text.count(hidden), publisher=publisher))
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
            "cells": [_cell(r) for r in cells.iter_rows(named=True)] if with_periods else [],
            "names": {"unit": text.word("unit"), "x": primary["x_label"], "y": primary["y_label"]},
            "few": text("units.few", n=SMALLEST),
            "no_line": text("units.no_line"),
        },
    )  # fmt: skip


def _cell(row: Row) -> Row:
    return {**unit_point(row, "muted"), "period_id": row["period_id"]}


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
    if len(found["location"]) == len(means):  # every unit is a location: choosing one is finding it
        found["location"] = []
    periods = [] if cells is None else cells["period_id"].unique().sort().to_list()
    return {**found, "period": [{"value": p, "name": p} for p in periods]}


def _slice_words(context: Context, part: dict[str, Any]) -> str:
    text = context.text
    if not part["line"] or part["estimate"] is None:
        return text("units.few", n=SMALLEST)
    primary = context.published.primary
    assert primary is not None
    return text(
        "units.line", slope=text.number(part["estimate"], 2, sign=True),
        y=text.scale(primary["unit_y"]),
        n=text.count(part["n_units"]),
        interval=text.interval({**part, "conf_shape": "bounded"}),
    )  # fmt: skip
