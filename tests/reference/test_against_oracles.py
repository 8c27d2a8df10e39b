"""Every family against other implementations, on random designs; ``python -m`` runs many.

The full form is ``python -m tests.reference.full 60``.
"""

from __future__ import annotations

import pytest
from oracles import FAMILIES, disagreements

SEEDS = {"mixed_model": 1, "overlap": 2}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FAMILIES)
def test_ours_equals_theirs(name: str) -> None:
    wrong = [line for seed in range(SEEDS.get(name, 3)) for line in disagreements(name, seed)]
    assert not wrong, "\n".join(wrong)
