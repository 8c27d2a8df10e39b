"""The private record of a release: every cell it was made from, shown or not.

What belongs here: making a record, and the blocks that earlier releases were made of. What does
not: the files (privacy.kept_records) and what follows from them (privacy.joined).

A record whose hidden cells are blank (somebody was erased since), or the released cells of a
release that has no record, is not whole: its hidden groups count as they are now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.privacy.atoms import Places
from pipelines.privacy.blocks import Block, Label
from pipelines.privacy.cell_blocks import BlockKey, Grouping
from pipelines.privacy.earlier import has_moved
from pipelines.privacy.kept_records import FIGURES, KEYS, PLACE, RECORD_SCHEMA


def release_record(
    cells: pl.DataFrame,
    mask: pl.DataFrame,
    places: Places,
    participation: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """What a release under this mask is made from, as RECORD_SCHEMA.

    Shapes as for `publication_mask`; `mask` is what that returned.
    """
    small = (pl.col("reason_code") == "below_threshold").alias("is_small")
    found = cells.join(
        mask.select(*KEYS, "is_released", small), on=KEYS, how="left", maintain_order="left"
    )
    if participation is not None:
        label = list(KEYS[:3])  # shown where every employee metric is
        beside = found.filter(pl.col("voice") == "employee").group_by(label)
        judged = beside.agg(pl.col("is_released").all(), pl.col("is_small").any())
        counts = participation_cells(cells, participation).join(
            judged, on=label, how="left", maintain_order="left"
        )
        found = pl.concat(
            [found, counts.with_columns(pl.col("is_released").fill_null(value=False))],
            how="diagonal",
        )
    return _placed(found, places).select(
        pl.col(name).cast(kind) if name in FIGURES else pl.col(name)
        for name, kind in RECORD_SCHEMA.items()
    )


def participation_cells(cells: pl.DataFrame, participation: pl.DataFrame) -> pl.DataFrame:
    """Who answered, as counts beside the employee metrics; hidden where no metric stands by it."""
    keys = list(KEYS[:3])
    scored = cells.filter(pl.col("voice") == "employee").select(keys).unique()
    scored = scored.with_columns(is_scored=True)
    return participation.join(scored, on=keys, how="left", maintain_order="left").select(
        *keys,
        ("participation in " + pl.col("survey")).alias("metric_id"),
        pl.lit("employee").alias("voice"),
        pl.col("n_responded").alias("n_responses"),
        pl.when("is_scored").then("n_responded").otherwise(0).alias("n_people"),
        pl.lit(value=False).alias("suppressed_at_source"),
    )


def _placed(cells: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Cells with PLACE: team and location of a unit, region of a location."""
    schema = dict.fromkeys(("unit_level", "unit_id", *PLACE), pl.String)
    rows = [("unit", u, t, at, None) for u, (t, at) in places.units.items()]
    rows += [("location", at, None, None, r) for at, r in places.regions.items()]
    where = pl.DataFrame(rows, schema=schema, orient="row")
    return cells.join(where, on=("unit_level", "unit_id"), how="left", maintain_order="left")


@dataclass(frozen=True)
class Then:
    """A block as an earlier release was made from it, and what it showed, by metric and label.

    `block` is None where hidden groups count as they are now. `shown`: whether the figures are
    others now; `hidden`: whether the cell was small, as far as that is known. `releases`: all that
    were made from it. `regions`: in which region a location lay then, as far as that is known.
    """

    block: Block | None
    releases: frozenset[str]
    shown: dict[str, dict[Label, bool]] = field(default_factory=dict)
    hidden: dict[str, dict[Label, bool]] = field(default_factory=dict)
    regions: Mapping[str, str | None] = field(default_factory=dict)


def earlier_blocks(
    blocks: dict[BlockKey, Block],
    judged: pl.DataFrame,
    earlier: pl.DataFrame,
    grouping: Grouping,
    places: Places,
) -> Iterator[tuple[BlockKey, list[Then]]]:
    """For every block those of earlier releases, each once, however many releases it is in.

    Where a block was made from what it is made from now, it is the block of now.
    """
    known = earlier.filter(pl.col("metric_id").is_in(list(grouping.scales)))
    states = _states(known, _placed(judged, places), grouping)
    found: dict[BlockKey, list[Then]] = {}
    by_state = ["family", "home", "first_release"]
    for (family, home, _), cells in states.group_by(by_state, maintain_order=True):
        key, lay = (str(family), str(home)), _places_then(cells)
        if cells["is_same"].first():
            block = blocks[key]
        elif not cells["is_whole"].all():
            block = None
        else:
            block = grouping.block(key, grouping.figures(cells)[key], lay)
        releases = frozenset(cells["releases"].explode().unique())
        then = Then(block, releases, regions=lay.regions)
        columns = (*KEYS, "is_released", "is_other", "is_small")
        for *label, metric, is_released, is_other, is_small in cells.select(columns).iter_rows():
            if is_released:
                then.shown.setdefault(metric, {})[tuple(label)] = is_other
            elif block is None:
                then.hidden.setdefault(metric, {})[tuple(label)] = bool(is_small)
        found.setdefault(key, []).append(then)
    yield from found.items()


def _states(earlier: pl.DataFrame, now: pl.DataFrame, grouping: Grouping) -> pl.DataFrame:
    """Cells of earlier releases, those of equal blocks once, shown where any release shows them."""
    block = ["family", "home"]
    present = now.filter(pl.col("n_responses") > 0).with_columns(*grouping.key, hashed=_hash())
    state_now = present.group_by(block).agg(pl.col("hashed").sum().alias("state_now"))
    there = pl.col("n_responses").is_null() | (pl.col("n_responses") > 0)
    cells = earlier.filter(there).with_columns(*grouping.key, hashed=_hash())
    of_release = (
        cells.join(state_now, on=block)
        .group_by("release_id", *block)
        .agg(pl.col("hashed").sum().alias("state"), pl.col("is_whole", "state_now").min())
        .with_columns(
            is_same=pl.col("is_whole") & (pl.col("state") == pl.col("state_now")),
            first_release=pl.col("release_id").min().over(*block, "is_whole", "state"),
        )
    )
    cells = cells.drop("is_whole").join(of_release, on=["release_id", *block])
    then_and_now = cells.join(
        present.select(*KEYS, "n_responses", "value"), on=KEYS, how="left", suffix="_now"
    ).with_columns(is_other=has_moved().fill_null(value=True))
    ordered = then_and_now.sort(*block, "first_release", *KEYS, "release_id")
    return ordered.group_by(*block, "first_release", *KEYS, maintain_order=True).agg(
        pl.col("is_released").any(),
        pl.col("release_id").unique().alias("releases"),
        pl.exclude("is_released", "release_id").first(),
    )


def _hash() -> pl.Expr:
    """Equal for equal cells; sums of scores are added in another order from run to run."""
    figures = [name for name in FIGURES if name != "value"]
    return pl.struct(*KEYS, *figures, *PLACE, pl.col("value").round(6) + 0.0).hash()


def _places_then(cells: pl.DataFrame) -> Places:
    units = cells.filter(pl.col("unit_level") == "unit").select("unit_id", *PLACE[:2]).unique()
    homes = cells.filter(pl.col("unit_level") == "location").select("unit_id", PLACE[2]).unique()
    return Places({u: (t, at) for u, t, at in units.rows()}, dict(homes.rows()))
