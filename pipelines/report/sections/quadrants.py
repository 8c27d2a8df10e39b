"""Where the two voices part: units against the middle of both, without shaming small ones."""

from __future__ import annotations

import polars as pl

from pipelines.report.charts.units import quadrants
from pipelines.report.published import Row
from pipelines.report.sections.section import POINTS, Context, Section, Table
from pipelines.report.slices import SMALLEST

ENOUGH_ANSWERS = 30
"""Answers of each voice a unit must have before it is named as one where the voices part."""
APART = 0.5
"""Standard deviations from the middle of both voices, below which a unit is simply near it."""
MOST_NAMED = 6
PARTED = {"high_low": "employee", "low_high": "customer"}
"""Fields where the voices part, and the voice that is high in them."""


def unit_point(row: Row, style: str) -> Row:
    """A unit as the charts draw it."""
    return {
        "unit_id": row["unit_id"], "unit": unit_name(row), "x": row["x"], "y": row["y"],
        "region_id": row["region_id"], "location_id": row["location_id"], "style": style,
    }  # fmt: skip


def unit_name(row: Row) -> str:
    """A unit as people name it: team and location, without saying the place twice."""
    team, place = row["team_name"], row["location_name"]
    if team and place and place not in team:
        return f"{team}, {place}"
    return team or place or row["unit_id"]


def axis_of(context: Context, side: str) -> str:
    """Name of a voice's axis with its unit."""
    primary = context.published.primary
    assert primary is not None
    of_100 = side == "x" or primary["unit_y"] == POINTS
    unit = "0–100" if of_100 else context.text.scale(primary["unit_y"])
    return f"{primary[f'{side}_label']} ({unit})"


def quadrant_section(context: Context, placed: pl.DataFrame, rows: list[Row]) -> Section:
    """Where one voice is high and the other low; few units are named, and only with reason."""
    text, primary = context.text, context.published.primary
    assert primary is not None
    if len(placed) < SMALLEST:
        return Section("quadrants", text("quadrants.title"), says=[text("units.few", n=SMALLEST)])
    counts = dict(placed.group_by("corner").len().iter_rows())
    middle = {"x": float(placed["x"].median()), "y": float(placed["y"].median())}  # type: ignore[arg-type]
    corners = [
        {"corner": c, "text": text(f"quadrants.{c}", n=text.count(counts.get(c, 0))), **middle}
        for c in ("high_high", "low_high", "low_low", "high_low")
    ]
    drawn = quadrants(
        rows, corners, x=axis_of(context, "x"), y=axis_of(context, "y"),
        alternative="; ".join(c["text"] for c in corners),
    )  # fmt: skip
    named = [
        {"corner": text(f"quadrants.{corner}_name"), "unit": unit_name(r), "x": r["x"], "y": r["y"]}
        for corner in PARTED
        for r in _named(placed.filter(pl.col("corner") == corner))
    ]
    table = Table("unit_period_scores", context.columns(
        {"corner": "text", "unit": "text", "x": "score", "y": "score"}), named)  # fmt: skip
    apart = sum(counts.get(c, 0) for c in PARTED)
    return Section(
        "quadrants", text("quadrants.title"), charts=[drawn], tables=[table] if named else [],
        says=[text("quadrants.says", n=text.count(apart), all=text.count(len(placed))),
              text("quadrants.named", n=MOST_NAMED, answers=ENOUGH_ANSWERS)],
        how_to_read=text("quadrants.how_to_read"),
    )  # fmt: skip


def placed_units(means: pl.DataFrame) -> pl.DataFrame:
    """Units with their `corner` (relative to the medians), `style` and whether they are far."""
    far = {c: (pl.col(c) - pl.col(c).median()) / pl.col(c).std() for c in ("x", "y")}
    side = {
        c: pl.when(z >= 0).then(pl.lit("high")).otherwise(pl.lit("low")) for c, z in far.items()
    }
    corner = pl.concat_str(side["x"], pl.lit("_"), side["y"])
    return means.with_columns(
        corner.alias("corner"),
        corner.replace_strict(PARTED, default="muted", return_dtype=pl.String).alias("style"),
        (pl.min_horizontal(far["x"].abs(), far["y"].abs()) >= APART).alias("is_far"),
    )


def _named(units: pl.DataFrame) -> list[Row]:
    """Units that may be named: enough answers and clearly apart; by name, never ranked."""
    enough = units.filter(
        "is_far", pl.col("n_x") >= ENOUGH_ANSWERS, pl.col("n_y") >= ENOUGH_ANSWERS
    )
    farthest = enough.with_columns(
        ((pl.col("x") - units["x"].mean()).abs()).alias("away")
    ).sort("away", "unit_id", descending=[True, False]).head(MOST_NAMED)  # fmt: skip
    return farthest.sort("team_name", "location_name", "unit_id").to_dicts()
