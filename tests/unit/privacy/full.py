"""The long run of the disclosure proof: `python -m tests.unit.privacy.full 10000`.

Prints a table for docs/privacy-validation.md; ends with code 1 when anything was given away.
"""

from __future__ import annotations

import sys
from collections import Counter

from tests.unit.privacy.oracle import changes_told, disclosures, joined_disclosures
from tests.unit.privacy.test_disclosure import keys, released_cells
from tests.unit.privacy.worlds import changed, make_world

BEYOND = "knowing who changed in several places"
"""More than is promised: printed and counted, but no failure."""


def main(n_worlds: int, first: int = 0) -> int:
    """Compile and attack `n_worlds` pairs of releases; 0 when nothing was given away."""
    counts: Counter = Counter()
    for seed in range(first, first + n_worlds):
        then = make_world(seed)
        now = changed(then, seed)
        one = released_cells(then)
        two = released_cells(now, one)
        found = {
            "in the first release": disclosures(then, keys(one)),
            "in the second release": disclosures(now, keys(two)),
            "in both joined": joined_disclosures(then, now, keys(one), keys(two)),
            "between the two": changes_told(then, now, keys(one), keys(two)),
            BEYOND: joined_disclosures(then, now, keys(one), keys(two), knows_all=True),
        }
        counts["cells"] += then.cells.height + now.cells.height
        counts["released"] += one.height + two.height
        for where, disclosed in found.items():
            counts[where] += len(disclosed)
            for each in disclosed[:3]:
                print(f"seed {seed}, {where}: {each}", flush=True)
    print("| pairs of releases | cells | released | disclosed in the first | in the second "
          f"| in both joined | between them | {BEYOND} |\n" + "|---" * 8 + "|")  # fmt: skip
    print(
        f"| {n_worlds:,} | {counts['cells']:,} | {counts['released']:,} "
        f"| {counts['in the first release']} | {counts['in the second release']} "
        f"| {counts['in both joined']} | {counts['between the two']} | {counts[BEYOND]} |"
    )
    return int(any(counts[where] for where in counts if where.startswith(("in ", "between"))))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
