"""No made-up release gives a small group away, by a solver of its own."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.privacy.kept_records import KEYS
from pipelines.privacy.mask import publication_mask
from tests.allotment import examples
from tests.unit.privacy.oracle import (
    changes_told,
    disclosures,
    disclosures_of_both,
    joined_disclosures,
)
from tests.unit.privacy.worlds import (
    ANSWER_SCALES,
    METRICS,
    World,
    changed,
    make_world,
    record_of,
    transferred,
)


def released_cells(world: World, *earlier: pl.DataFrame) -> pl.DataFrame:
    """The record of a release beside the records of earlier ones, as the product keeps it."""
    known = pl.concat(earlier) if earlier else None
    mask = publication_mask(
        world.cells, world.privacy, METRICS, world.places, earlier=known, finer=world.finer,
        answer_scales=ANSWER_SCALES, asked_together=[],
    )  # fmt: skip
    return record_of(world, mask, f"r{len(earlier)}")


def keys(released: pl.DataFrame) -> set:
    return set(released.filter("is_released").select(KEYS).iter_rows())


SLOW = [HealthCheck.too_slow]


@pytest.mark.parametrize("part", range(6))
@settings(max_examples=examples(12), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_nothing_is_given_away(part: int, data: st.DataObject) -> None:
    world = make_world(data.draw(seeds(part, 6)))
    assert disclosures(world, keys(released_cells(world))) == []


@pytest.mark.parametrize("part", range(4))
@settings(max_examples=examples(9), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_two_releases_do_not_tell_who_came_between(part: int, data: st.DataObject) -> None:
    compare(released_chain(data.draw(seeds(part, 4)), 2))


@settings(max_examples=examples(8), deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 2**32))
@example(12)
@example(249)
@example(312)
@example(356)
def test_a_mean_and_a_share_of_the_same_answers_tell_no_more_together(seed: int) -> None:
    world = make_world(seed, complete=True)
    assert disclosures_of_both(world, keys(released_cells(world))) == []


def test_they_tell_no_more_beside_an_earlier_release_of_the_same_totals() -> None:
    for release in released_chain(21001683, 2, complete=True):
        assert disclosures_of_both(*release) == []


@pytest.mark.parametrize("seed", [12, 249])
def test_judged_one_by_one_they_told_more(seed: int) -> None:
    world = make_world(seed, complete=True)
    mask = publication_mask(
        world.cells, world.privacy, METRICS, world.places, finer=world.finer, answer_scales={},
        asked_together=[],
    )  # fmt: skip
    assert disclosures(world, keys(mask)) == []
    assert disclosures_of_both(world, keys(mask)) != []


@settings(max_examples=examples(6), deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(0, 2**32))
def test_three_releases_tell_no_more_than_one(seed: int) -> None:
    compare(released_chain(seed, 3))


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
        pytest.param(205071, id="several groups changed, and each had scores on the scale"),
        pytest.param(800492, id="a team and a group of one month follow from what others were"),
        pytest.param(2000300, id="a rest as it was, though people are counted twice around it"),
        pytest.param(4500070, id="a group that is seen to hold an answer once others are gone"),
        pytest.param(8500372, id="a location and its only team, where others answer other metrics"),
    ],
)
def test_two_releases_that_told_who_came_between(seed: int) -> None:
    compare(released_chain(seed, 2))


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(30001516, id="from a location whose other team is as it was"),
        pytest.param(41001320, id="from a month of a team that is shown for the quarter"),
    ],
)
def test_three_releases_of_which_a_group_is_gone(seed: int) -> None:
    compare(released_chain(seed, 3))


def test_bounds_the_solver_is_unsure_of_after_those_before_them() -> None:
    compare(released_chain(10001840, 3))


def seeds(part: int, parts: int) -> st.SearchStrategy[int]:
    """Seeds of one of several tests of the same: each is short enough for a busy machine."""
    return st.integers(0, 2**32 // parts).map(lambda n: n * parts + part)


def chain_of_worlds(
    seed: int, length: int | None = None, *, complete: bool = False, moves: bool = False
) -> list[World]:
    """A world and what becomes of it, every fourth time twice; at last people `move`."""
    worlds = [make_world(seed, complete=complete)]
    for later in range((length or (3 if seed % 4 == 0 else 2)) - 1):
        worlds.append(changed(worlds[-1], seed + later))
    if moves:
        worlds[-1] = transferred(worlds[-2], seed)
    return worlds


def released_chain(
    seed: int, length: int | None = None, *, complete: bool = False
) -> list[tuple[World, set]]:
    """Worlds and what is released of them."""
    return released_worlds(chain_of_worlds(seed, length, complete=complete))


def released_worlds(worlds: list[World]) -> list[tuple[World, set]]:
    """Worlds and what is released of them, each beside all before."""
    records: list[pl.DataFrame] = []
    for world in worlds:
        records.append(released_cells(world, *records))
    return [(world, keys(record)) for world, record in zip(worlds, records, strict=True)]


def compare(chain: list[tuple[World, set]]) -> None:
    """The last release by itself, joined with each other and with all; what changed before it."""
    now, told_now = chain[-1]
    assert disclosures(now, told_now) == []
    for then, told_then in chain[:-1]:
        assert changes_told(then, now, told_then, told_now) == []
        assert joined_disclosures((then, told_then), (now, told_now)) == []
    if len(chain) > 2:
        assert joined_disclosures(*chain) == []
