"""The long run of the disclosure proof: `python -m tests.unit.privacy.full 10000`.

Prints a table for docs/privacy-validation.md; ends with code 1 when anything was given away.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from itertools import combinations
from pathlib import Path

from pipelines.audit.evidence import Finding
from tests.unit.privacy.oracle import (
    Disclosure,
    changes_told,
    disclosures,
    disclosures_of_both,
    joined_disclosures,
)
from tests.unit.privacy.oracle_of_movers import totals_of_few
from tests.unit.privacy.release_files import audit_of_last
from tests.unit.privacy.test_disclosure import chain_of_worlds, released_worlds
from tests.unit.privacy.worlds import World


def main(n_worlds: int, first: int = 0) -> int:
    """Compile and attack `n_worlds` chains of two or three releases; 0: nothing was given away."""
    counts: Counter = Counter()
    for seed in range(first, first + n_worlds):
        complete = seed % 2 == 1
        moves = seed % 5 == 0
        worlds = chain_of_worlds(seed, complete=complete, moves=moves)
        chain = released_worlds(worlds)
        found = {
            "in one by itself": [d for release in chain for d in disclosures(*release)],
            "in two metrics": [
                d for release in chain if complete for d in disclosures_of_both(*release)
            ],
            **joined(chain),
            "between two": [
                d for (then, told_then), (now, told_now) in combinations(chain, 2)
                for d in changes_told(then, now, told_then, told_now)
            ],
            "by who moved": totals_of_few(*chain),
            "stopped": stopped(worlds) if moves else [],
        }  # fmt: skip
        counts["releases"] += len(chain)
        counts["cells"] += sum(world.cells.height for world, _ in chain)
        counts["released"] += sum(len(told) for _, told in chain)
        for where, disclosed in found.items():
            counts[where] += len(disclosed)
            for each in disclosed[:3]:
                print(f"seed {seed}, {where}: {each}", flush=True)
    columns = ("releases", "cells", "released", *WHERE, *BESIDE)
    print("| chains | " + " | ".join(columns) + " |\n" + "|---" * (len(columns) + 1) + "|")
    print(f"| {n_worlds:,} | " + " | ".join(f"{counts[c]:,}" for c in columns) + " |")
    return int(any(counts[where] for where in WHERE))


WHERE = ("in one by itself", "in two metrics", "joined", "between two", "by who moved")
"""`in two metrics`: a mean and a share of the same answers, in every second chain."""
BESIDE = ("told before", "stopped")
"""What no release gave away. `told before`: the earlier ones tell as much of a group left now, even
if the last one shows nothing. `stopped`: by the audit, for what is not so, in every fifth chain, in
which people change their place at last.
"""


def joined(chain: list[tuple[World, set]]) -> dict[str, list[Disclosure]]:
    """What the last release gives away with those before it, and what they told without it."""
    found = joined_disclosures(*chain)
    past = joined_disclosures(*chain[:-1], (chain[-1][0], set())) if found else []
    return {
        "joined": [d for d in found if d not in past],
        "told before": [d for d in found if d in past],
    }


def stopped(worlds: list[World]) -> list[Finding]:
    """What the audit says against the last release of a chain."""
    with tempfile.TemporaryDirectory() as folder:
        return audit_of_last(worlds, Path(folder)).findings


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
