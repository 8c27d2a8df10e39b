"""What somebody works out who knows how many answers came and went in each place."""

from __future__ import annotations

import pytest

from tests.unit.privacy.oracle import Disclosure
from tests.unit.privacy.oracle_of_movers import totals_of_few
from tests.unit.privacy.release_files import answers, world
from tests.unit.privacy.test_disclosure import keys, released_cells, released_chain
from tests.unit.privacy.worlds import World, changed, make_world

SMALL, LARGE, EAST = (
    answers("S", "North", 2), answers("M", "North", 8), answers("E", "East", 8)
)  # fmt: skip
ALL, ONE_LESS = world([*SMALL, *LARGE, *EAST]), world([*SMALL, *LARGE[1:], *EAST])
TRANSFER = world([*SMALL, *LARGE[1:], *EAST, ("E", "East", *LARGE[0][2:7], "REast")])


def told(then: World, now: World) -> list[Disclosure]:
    """What two releases tell together, the second compiled beside the record of the first."""
    first = released_cells(then)
    return totals_of_few((then, keys(first)), (now, keys(released_cells(now, first))))


@pytest.mark.parametrize(
    ("then", "now"), [(ALL, ONE_LESS), (ONE_LESS, ALL), (ALL, TRANSFER), (TRANSFER, ALL)]
)
def test_a_place_that_moved_by_one_is_nearly_what_it_was(then: World, now: World) -> None:
    """North of ten then, less M of seven now: the two of S and the one who left M."""
    assert not told(then, now)


@pytest.mark.parametrize("seed", [40021, 40026, 40042, 40045, 40139, 40191, 40252])
def test_few_who_moved_and_few_who_stayed(seed: int) -> None:
    """Of the first three hundred pairs that were tried, before places were taken apart."""
    then = make_world(seed)
    assert not told(then, changed(then, seed))


@pytest.mark.parametrize(
    "seed",
    [
        4, 8, 12, 16,
        pytest.param(81000392, id="some came, and later one of the first left"),
        pytest.param(85001236, id="two came, and later all of the first but one left"),
    ],
)
def test_three_releases_tell_no_few_who_moved(seed: int) -> None:
    assert not totals_of_few(*released_chain(seed))
