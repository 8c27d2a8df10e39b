"""Slopes, coverage and false alarms at smoke size."""

import pytest

from tests.recovery.smoke import misses

KEYS = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S12", "S13", "S14", "S19")


@pytest.mark.parametrize("key", KEYS)
def test_truth_is_recovered(key: str) -> None:
    assert not misses(key)
