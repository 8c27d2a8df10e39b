"""Many random designs per family: ``python -m tests.reference.full 60 [family ...]``."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def main(arguments: list[str]) -> int:
    """Print disagreements per family; their number is the exit code, at most 1."""
    from oracles import FAMILIES, disagreements

    warnings.simplefilter("ignore")
    n_designs = int(arguments[0]) if arguments else 60
    found = 0
    for name in arguments[1:] or FAMILIES:
        wrong = [line for seed in range(100, 100 + n_designs) for line in disagreements(name, seed)]
        print(f"{name}: {n_designs} designs, {len(wrong)} disagreements", *wrong, sep="\n  ")
        found += len(wrong)
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
