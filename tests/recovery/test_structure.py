"""Lags, drivers, segments, change, bends and the whole report at smoke size."""

import pytest

from tests.recovery.smoke import misses

KEYS = ("S10", "S11", "S15", "S16", "S17", "S18", "S21")


@pytest.mark.parametrize("key", KEYS)
def test_truth_is_recovered(key: str) -> None:
    assert not misses(key)
