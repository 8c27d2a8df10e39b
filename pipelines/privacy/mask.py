"""The publication mask: which cells may be released, decided before anything is estimated.

What belongs here: primary suppression by the program's thresholds, and the reasons. What does not:
the tables that obey the mask, and how the complement is found (privacy.complementary).

A cell is one unit (at one level), period and metric. Its reason code is `released`, or the first
of: `suppressed_at_source`, `below_threshold`, `earlier_release`, `complementary`. Beside a score,
the counts it is made of are told while the period's figures are as they were first released: exact
counts in two releases would tell of everybody who came between.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.privacy.atoms import Places, Scale, build_block, linked_periods
from pipelines.privacy.blocks import Block, Label
from pipelines.privacy.complementary import hide_more
from pipelines.privacy.earlier import (
    changed_since,
    earlier_releases,
    must_wait,
    unchanged_cells,
)
from pipelines.privacy.told_before import tell_what_was_told
from pipelines.program.sections import Metric, Privacy

MASK_SCHEMA = {
    "unit_level": pl.String,
    "unit_id": pl.String,
    "period_id": pl.String,
    "metric_id": pl.String,
    "is_released": pl.Boolean,
    "reason_code": pl.String,
    "tells_counts": pl.Boolean,
}
MASK_KEYS = ("unit_level", "unit_id", "period_id", "metric_id")
MASK_INPUTS = ("unit_period_metrics", "unit_period_participation", "dim_units", "dim_locations")
"""The marts it is made from."""
PARTS = {"net_promoter": ("promoters", "detractors"), "count": ()}
"""Columns that add up over cells, by kind of metric; the others have a score sum."""


def publication_mask(
    cells: pl.DataFrame,
    privacy: Privacy,
    metrics: list[Metric],
    places: Places,
    participation: pl.DataFrame | None = None,
    earlier: pl.DataFrame | None = None,
    finer: Mapping[str, tuple[str, ...]] | None = None,
) -> pl.DataFrame:
    """Decide for every cell of `unit_period_metrics` whether it may be released.

    `cells` needs the keys, `voice`, `n_responses`, `n_people`, `value`, `promoters`, `detractors`
    and `suppressed_at_source`. `participation` is shown where every employee metric of a cell
    is, so its counts are judged beside them. `earlier` are the cells of earlier releases
    (EARLIER_SCHEMA). `finer` gives the periods a longer one consists of.
    Under `suppression: publisher` only what the publisher withheld is withheld.
    """
    own = cells["metric_id"].unique()
    if participation is not None and privacy.suppression == "thresholds":
        cells = pl.concat([cells, _participation_cells(cells, participation)], how="diagonal")
    reason = pl.when("suppressed_at_source").then(pl.lit("suppressed_at_source"))
    if privacy.suppression == "thresholds":
        too_few = pl.col("n_people").fill_null(0) < _threshold(privacy)
        reason = reason.when(too_few).then(pl.lit("below_threshold"))
    judged = cells.with_columns(reason.otherwise(pl.lit("released")).alias("reason_code"))
    if privacy.suppression == "thresholds":
        blocks = cell_blocks(judged, privacy, metrics, places, finer or {}, earlier)
        judged = _with_complement(judged, blocks, cells, earlier, periods_nest=bool(finer))
    judged = judged.with_columns((pl.col("reason_code") == "released").alias("is_released"))
    judged = judged.with_columns(_tells_counts(cells, privacy, earlier).alias("tells_counts"))
    judged = judged.filter(pl.col("metric_id").is_in(own.implode()))
    return judged.select(list(MASK_SCHEMA)).cast(MASK_SCHEMA).sort(MASK_KEYS)


def _tells_counts(cells: pl.DataFrame, privacy: Privacy, earlier: pl.DataFrame | None) -> pl.Expr:
    if earlier is None or privacy.suppression != "thresholds":
        return pl.col("is_released")
    changed = changed_since(cells, earlier).select("period_id", "metric_id").unique()
    key = pl.struct("period_id", "metric_id")
    return pl.col("is_released") & ~key.is_in(changed.to_struct().implode())


def _participation_cells(cells: pl.DataFrame, participation: pl.DataFrame) -> pl.DataFrame:
    """Who answered, as counts beside the employee metrics; hidden where no metric stands by it."""
    keys = ["unit_level", "unit_id", "period_id"]
    scored = cells.filter(pl.col("voice") == "employee").select(keys).unique()
    scored = scored.with_columns(is_scored=True)
    return participation.join(scored, on=keys, how="left").select(
        *keys,
        ("participation in " + pl.col("survey")).alias("metric_id"),
        pl.lit("employee").alias("voice"),
        pl.col("n_responded").alias("n_responses"),
        pl.when("is_scored").then("n_responded").otherwise(0).alias("n_people"),
        pl.lit(value=False).alias("suppressed_at_source"),
    )


def _threshold(privacy: Privacy) -> pl.Expr:
    smallest = privacy.thresholds
    return (
        pl.when(pl.col("voice") == "employee").then(smallest.employee).otherwise(smallest.customer)
    )


def families(metrics: list[Metric]) -> dict[str, str]:
    """Metric -> the family it is judged with."""
    family: dict[str, str] = {}
    items: dict[str, set[str]] = {}
    for metric in metrics:
        if metric.voice == "employee":
            family[metric.id] = "employee"
            continue
        name, mine = metric.id, set(metric.items)
        for other, theirs in list(items.items()):
            if mine & theirs:
                mine |= items.pop(other)
                family = {m: name if f == other else f for m, f in family.items()}
        family[metric.id], items[name] = name, mine
    return family


def cell_blocks(
    judged: pl.DataFrame,
    privacy: Privacy,
    metrics: list[Metric],
    places: Places,
    finer: Mapping[str, tuple[str, ...]],
    earlier: pl.DataFrame | None = None,
) -> list[Block]:
    """Blocks of the cells, with what is hidden already as primary."""
    gone: dict[str, set[Label]] = {}
    if earlier is not None:
        answered = judged.filter(pl.col("n_responses") > 0)
        for *label, metric in earlier.join(answered, MASK_KEYS, "anti").select(MASK_KEYS).rows():
            gone.setdefault(metric, set()).add(tuple(label))
    kinds = {m.id: m.kind for m in metrics}
    items = {m.id: len(m.items) for m in metrics}
    family = families(metrics)
    homes = linked_periods(judged["period_id"].unique().to_list(), finer)
    found: dict[tuple[str, str], dict[str, dict[Label, tuple]]] = {}
    hidden: dict[tuple[str, str], set[Label]] = {}
    scales: dict[str, Scale] = {}
    for row in judged.iter_rows(named=True):
        metric, voice = row["metric_id"], row["voice"]
        kind = kinds.get(metric, "count")
        limits = privacy.thresholds
        limit = limits.employee if voice == "employee" else limits.customer
        scales[metric] = Scale(kind, limit, items.get(metric, 1))
        key = (family.get(metric, voice), homes[row["period_id"]])
        label = (row["unit_level"], row["unit_id"], row["period_id"])
        if row["reason_code"] != "released":
            hidden.setdefault(key, set()).add(label)
        if row["n_responses"]:
            values = found.setdefault(key, {}).setdefault(metric, {})
            values[label] = _value(row, kind)
    blocks = []
    for (name, period), cells in found.items():
        no_more = {x for m in cells for x in gone.get(m, ()) if homes.get(x[2]) == period}
        block = build_block(f"{name} {period}", cells, scales, places, finer, no_more)
        primary = hidden.get((name, period), set())
        block.primary = {i for i, label in enumerate(block.labels) if label in primary}
        blocks.append(block)
    return blocks


def _value(row: Mapping, kind: str) -> tuple:
    """Answers, people and the parts of the score sum of one cell."""
    answers, people = row["n_responses"], row["n_people"] or row["n_responses"]
    if kind in PARTS:
        return (answers, people, *(row[part] or 0 for part in PARTS[kind]))
    return answers, people, (row["value"] or 0.0) * answers


def _with_complement(
    judged: pl.DataFrame,
    blocks: list[Block],
    cells: pl.DataFrame,
    earlier: pl.DataFrame | None,
    *,
    periods_nest: bool,
) -> pl.DataFrame:
    releases = []
    if earlier is not None:
        releases = earlier_releases(cells, earlier, periods_nest=periods_nest)
        same = unchanged_cells(cells, earlier, periods_nest=periods_nest)
        for block in blocks:
            tell_what_was_told(block, [same, *releases])
    waiting: dict[int, set[int]] = {}
    while True:
        hidden = hide_more(blocks)
        moved = [must_wait(b, h, releases) for b, h in zip(blocks, hidden, strict=True)]
        if not any(moved):
            break
        for i, (block, cells) in enumerate(zip(blocks, moved, strict=True)):
            block.primary |= cells
            waiting.setdefault(i, set()).update(cells)
    keys = [
        (*block.labels[cell], measure.name,
         "earlier_release" if cell in waiting.get(i, ()) else "complementary")
        for i, block in enumerate(blocks)
        for cell in hidden[i]
        for measure in block.measures
        if measure.cells[cell]
    ]  # fmt: skip
    schema = dict.fromkeys((*MASK_KEYS, "chosen_for"), pl.String)
    chosen = pl.DataFrame(keys, schema=schema, orient="row")
    judged = judged.join(chosen, on=MASK_KEYS, how="left", maintain_order="left")
    also = (pl.col("reason_code") == "released") & pl.col("chosen_for").is_not_null()
    return judged.with_columns(
        pl.when(also).then("chosen_for").otherwise("reason_code").alias("reason_code")
    ).drop("chosen_for")
