"""No made-up release gives a small group away, by a solver of its own."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.privacy.mask import publication_mask
from tests.unit.privacy.oracle import disclosures
from tests.unit.privacy.worlds import METRICS, World, make_world


def released_cells(world: World) -> set:
    mask = publication_mask(world.cells, world.privacy, METRICS, world.places, finer=world.finer)
    shown = mask.filter("is_released")
    return set(shown.select("unit_level", "unit_id", "period_id", "metric_id").iter_rows())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1))
def test_nothing_is_given_away(seed: int) -> None:
    world = make_world(seed)
    assert disclosures(world, released_cells(world)) == []
