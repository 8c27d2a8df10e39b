"""No made-up release gives a small group away, by a solver of its own."""

from __future__ import annotations

import polars as pl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.privacy.mask import publication_mask
from tests.unit.privacy.oracle import changes_told, disclosures
from tests.unit.privacy.worlds import METRICS, World, changed, make_world

KEYS = ("unit_level", "unit_id", "period_id", "metric_id")


def released_cells(world: World, earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """Keys, answers and value of what may be released, as a release tells them."""
    mask = publication_mask(
        world.cells, world.privacy, METRICS, world.places, earlier=earlier, finer=world.finer
    )
    shown = world.cells.join(mask.filter("is_released"), on=KEYS)
    return shown.select(
        pl.lit("first").alias("release_id"), *KEYS, "n_responses", pl.col("value").round(1)
    )


def keys(released: pl.DataFrame) -> set:
    return set(released.select(KEYS).iter_rows())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_nothing_is_given_away(seed: int) -> None:
    world = make_world(seed)
    assert disclosures(world, keys(released_cells(world))) == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
@example(100103)  # a sum of two changes less a third
@example(100318)  # a group that is gone
def test_two_releases_do_not_tell_who_came_between(seed: int) -> None:
    then = make_world(seed)
    now = changed(then, seed)
    first = released_cells(then)
    second = released_cells(now, first)
    assert changes_told(then, now, keys(first), keys(second)) == []
    assert disclosures(now, keys(second)) == []
