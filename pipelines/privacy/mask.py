"""The publication mask: which cells may be released, decided before anything is estimated.

What belongs here: primary suppression by the program's thresholds, and the reasons. What does not:
the tables that obey the mask, and how the complement is found (privacy.complementary).

A cell is one unit (at one level), period and metric. Its reason code is `released`, or the first
of: `suppressed_at_source`, `below_threshold`, `earlier_release`, `complementary`. Beside a score,
the counts it is made of are told while the period's figures are as they were first released: exact
counts in two releases would tell of everybody who came between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipelines.privacy.atoms import Places
from pipelines.privacy.blocks import Block, Label
from pipelines.privacy.cell_blocks import Grouping, cell_blocks
from pipelines.privacy.complementary import hide_beside_movers, hide_more
from pipelines.privacy.earlier import (
    ToldCells,
    changed_since,
    earlier_releases,
    must_wait,
    rounded,
)
from pipelines.privacy.joined import join_releases
from pipelines.privacy.outsiders import seem_to_tell
from pipelines.privacy.records import earlier_blocks, participation_cells
from pipelines.program.rules import AnswerScale
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


def publication_mask(
    cells: pl.DataFrame,
    privacy: Privacy,
    metrics: list[Metric],
    places: Places,
    participation: pl.DataFrame | None = None,
    earlier: pl.DataFrame | None = None,
    finer: Mapping[str, tuple[str, ...]] | None = None,
    *,
    answer_scales: Mapping[str, Iterable[AnswerScale]],
    asked_together: Iterable[frozenset[str]],
) -> pl.DataFrame:
    """Decide for every cell of `unit_period_metrics` whether it may be released.

    `cells` needs the keys, `voice`, `n_responses`, `n_people`, `value`, `promoters`, `detractors`
    and `suppressed_at_source`. `participation` is shown where every employee metric of a cell
    is, so its counts are judged beside them. `earlier` are the records of earlier releases
    (kept_records.EARLIER_SCHEMA). `finer` gives the periods a longer one consists of.
    `answer_scales` are the scales the items of a metric are asked on: metrics of the same items are
    judged together. `asked_together` are sets of items that customers answer in one event: what
    is hidden in one is hidden in all. Under `suppression: publisher` only what the publisher
    withheld is withheld.
    """
    cells = cells.sort(MASK_KEYS)  # equal choices do not depend on the order of the rows
    own = cells["metric_id"].unique()
    if participation is not None and privacy.suppression == "thresholds":
        cells = pl.concat([cells, participation_cells(cells, participation)], how="diagonal")
    reason = pl.when("suppressed_at_source").then(pl.lit("suppressed_at_source"))
    if privacy.suppression == "thresholds":
        too_few = pl.col("n_people").fill_null(0) < _threshold(privacy)
        reason = reason.when(too_few).then(pl.lit("below_threshold"))
    judged = cells.with_columns(reason.otherwise(pl.lit("released")).alias("reason_code"))
    if privacy.suppression == "thresholds":
        periods = [] if earlier is None else earlier["period_id"].unique().sort().to_list()
        grouping = Grouping.of(
            judged, privacy, metrics, finer or {}, periods,
            answer_scales=answer_scales, asked_together=asked_together,
        )  # fmt: skip
        judged = _with_complement(judged, grouping, places, earlier)
    judged = judged.with_columns((pl.col("reason_code") == "released").alias("is_released"))
    judged = judged.with_columns(_tells_counts(cells, privacy, earlier).alias("tells_counts"))
    judged = judged.filter(pl.col("metric_id").is_in(own.implode()))
    return judged.select(list(MASK_SCHEMA)).cast(MASK_SCHEMA).sort(MASK_KEYS)


def _tells_counts(cells: pl.DataFrame, privacy: Privacy, earlier: pl.DataFrame | None) -> pl.Expr:
    if earlier is None or privacy.suppression != "thresholds":
        return pl.col("is_released")
    changed = changed_since(cells, rounded(earlier)).select("period_id", "metric_id").unique()
    key = pl.struct("period_id", "metric_id")
    return pl.col("is_released") & ~key.is_in(changed.to_struct().implode())


def _threshold(privacy: Privacy) -> pl.Expr:
    smallest = privacy.thresholds
    return (
        pl.when(pl.col("voice") == "employee").then(smallest.employee).otherwise(smallest.customer)
    )


def _with_complement(
    judged: pl.DataFrame, grouping: Grouping, places: Places, earlier: pl.DataFrame | None
) -> pl.DataFrame:
    releases: list[ToldCells] = []
    if earlier is None:
        blocks = list(cell_blocks(judged, grouping, places).values())
    else:
        told = rounded(earlier)
        by_key = cell_blocks(judged, grouping, places, _gone(judged, earlier))
        for key, then in earlier_blocks(by_key, judged, earlier, grouping, places):
            join_releases(by_key[key], then)
        blocks = list(by_key.values())
        releases = earlier_releases(judged, told, periods_nest=bool(grouping.finer))
    hidden, waiting = _hidden(blocks, releases)
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


def _gone(judged: pl.DataFrame, earlier: pl.DataFrame) -> dict[str, set[Label]]:
    """Metric -> cells of earlier releases that hold no answer now."""
    answered = judged.filter(pl.col("n_responses") > 0)
    gone: dict[str, set[Label]] = {}
    cells = earlier.join(answered, MASK_KEYS, "anti").select(MASK_KEYS).unique()
    for *label, metric in cells.iter_rows():
        gone.setdefault(metric, set()).add(tuple(label))
    return gone


def _hidden(
    blocks: Sequence[Block], releases: Sequence[ToldCells]
) -> tuple[list[set[int]], dict[int, set[int]]]:
    """Cells to hide of every block, and those among them that wait, by block."""
    waiting: dict[int, set[int]] = {}
    hidden: list[set[int]] = [set() for _ in blocks]
    dirty = list(range(len(blocks)))
    by_movers, by_outsiders = set(dirty), set(dirty)  # blocks still to be judged as they see them
    while dirty:
        again = hide_more([blocks[i] for i in dirty], [hidden[i] for i in dirty])
        for i, cells in zip(dirty, again, strict=True):
            hidden[i] = cells
        by_movers.update(dirty)
        by_outsiders.update(dirty)
        moved = {i: must_wait(blocks[i], hidden[i], releases) for i in dirty}
        if not any(moved.values()):
            moved = {i: hide_beside_movers(blocks[i], hidden[i]) for i in sorted(by_movers)}
            by_movers.clear()
        if not any(moved.values()):
            moved = {i: seem_to_tell(blocks[i], hidden[i], releases) for i in sorted(by_outsiders)}
            by_outsiders.clear()
        dirty = [i for i, cells in moved.items() if cells]
        for i in dirty:
            blocks[i].primary |= moved[i]
            waiting.setdefault(i, set()).update(moved[i])
    return hidden, waiting
