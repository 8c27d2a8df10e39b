"""No made-up release gives a small group away, by a solver of its own."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.privacy.mask import publication_mask
from tests.unit.privacy.oracle import changes_told, disclosures, joined_disclosures
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


SLOW = [HealthCheck.too_slow]


@pytest.mark.parametrize("part", range(6))
@settings(max_examples=17, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_nothing_is_given_away(part: int, data: st.DataObject) -> None:
    world = make_world(data.draw(seeds(part, 6)))
    assert disclosures(world, keys(released_cells(world))) == []


@pytest.mark.parametrize("part", range(4))
@settings(max_examples=13, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_two_releases_do_not_tell_who_came_between(part: int, data: st.DataObject) -> None:
    compare_two(data.draw(seeds(part, 4)))


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(100103, id="a sum of two changes less a third"),
        pytest.param(100318, id="a group that is gone"),
        pytest.param(20535, id="a total less another that held a group that is gone"),
        pytest.param(80057, id="a group that is gone beside one that was hidden"),
        pytest.param(90012, id="a group that had a row of its own then"),
        pytest.param(90093, id="a total as it was over groups that are not"),
        pytest.param(201121, id="a group that is gone from both a team and a location"),
        pytest.param(202072, id="one changed group of nineteen hidden in the company"),
        pytest.param(400234, id="a large group that changed beside one at the end of the scale"),
        pytest.param(400321, id="a company that is as it was, although two of its units are not"),
        pytest.param(500206, id="a region beside which a group is gone, as large as its unit then"),
        pytest.param(500257, id="a group of three people whose answers reached the threshold"),
        pytest.param(500427, id="two teams less a location, of which two groups changed"),
        pytest.param(600120, id="a group gone from two totals of one group each"),
        pytest.param(600155, id="a unit that was told and is gone"),
    ],
)
def test_two_releases_that_told_who_came_between(seed: int) -> None:
    compare_two(seed, knows_all=True)


def seeds(part: int, parts: int) -> st.SearchStrategy[int]:
    """Seeds of one of several tests of the same: each is short enough for a busy machine."""
    return st.integers(0, 2**32 // parts).map(lambda n: n * parts + part)


def compare_two(seed: int, *, knows_all: bool = False) -> None:
    then = make_world(seed)
    now = changed(then, seed)
    first = released_cells(then)
    second = released_cells(now, first)
    assert disclosures(now, keys(second)) == []
    assert changes_told(then, now, keys(first), keys(second)) == []
    told = keys(first), keys(second)
    assert joined_disclosures(then, now, *told, knows_all=knows_all) == []
