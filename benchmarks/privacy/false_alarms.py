"""Releases stopped for nothing: `python -m benchmarks.privacy.false_alarms PAIRS SEED [weak]`.

Made-up companies released twice, people gone or come between; the real compiler, the real files.
With `weak` the compiler does not judge releases together, and a solver that knows who changed says
in how many pairs something can be found at all.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from pipelines.audit.report import audit_release
from pipelines.privacy import mask
from tests.unit.privacy.oracle import joined_disclosures
from tests.unit.privacy.release_files import publish
from tests.unit.privacy.test_disclosure import keys
from tests.unit.privacy.worlds import changed, make_world


def main(n_pairs: int, first: int, *, weak: bool) -> int:
    """Audit both releases of each pair; 1 when a release of the real compiler is stopped."""
    if weak:
        mask.join_releases = lambda *_: None
    counts: Counter = Counter()
    for seed in range(first, first + n_pairs):
        then = make_world(seed)
        now = changed(then, seed)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            told = publish(then, folder, "r1")
            shown = publish(now, folder, "r2", told)
            audits = [audit_release(folder / release, folder) for release in ("r1", "r2")]
        for place, audit in zip(("first", "second"), audits, strict=True):
            counts[place] += bool(audit.findings)
            for finding in audit.findings[:2] if not weak else ():
                print(f"seed {seed}, {place}: {finding.attack}: {finding.sentence}", flush=True)
        counts["joined"] += any(f.attack == "joined_releases" for f in audits[1].findings)
        if weak:
            counts["solver"] += bool(joined_disclosures((then, keys(told)), (now, keys(shown))))
    print("| pairs | first stopped | second stopped | by joining | found by the solver |")
    print("|---" * 5 + "|")
    solver = counts["solver"] if weak else ""
    print(f"| {n_pairs} | {counts['first']} | {counts['second']} | {counts['joined']} | {solver} |")
    return int(not weak and bool(counts["first"] + counts["second"]))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), weak="weak" in sys.argv))
