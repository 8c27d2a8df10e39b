"""Cells hidden beside the smallest number that keeps the promise, on small tables.

`python -m benchmarks.privacy.over_suppression 200` prints one line of a table.

The optimum is exact: an integer programme (HiGHS) chooses what to hide; where its choice breaks the
promise, it is grown to a largest choice that still does, and one cell outside that must be hidden.
Hiding more never breaks the promise, so every such cut is valid and the last choice is smallest.
"""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
from scipy.optimize import Bounds, LinearConstraint, milp

from pipelines.privacy.blocks import Block
from pipelines.privacy.cell_blocks import Grouping, cell_blocks
from pipelines.privacy.complementary import hide_more
from pipelines.privacy.mask import MASK_KEYS, publication_mask
from pipelines.privacy.protection import broken_promises
from tests.unit.privacy.worlds import ANSWER_SCALES, METRICS, make_world

MOST_CELLS = 45


def optimum(block: Block) -> int:
    """Fewest cells that must be hidden in a block, the primary ones among them."""
    first = {block.node_of_cell[c] for c in block.primary}
    free = [node for node in range(len(block.nodes)) if node not in first]
    weight = np.array([len(block.cells_of_node[node]) for node in free], dtype=float)
    cuts: list[np.ndarray] = []
    cache: dict = {}

    def is_safe(chosen: set[int]) -> bool:
        return not broken_promises([(block, first | chosen)], cache)

    while True:
        chosen: set[int] = set()
        if cuts:
            result = milp(
                weight,
                constraints=LinearConstraint(np.array(cuts), lb=1.0),
                integrality=np.ones(len(free)),
                bounds=Bounds(0, 1),
            )
            chosen = {free[i] for i in np.flatnonzero(result.x > 0.5)}
        if is_safe(chosen):
            own = sum(len(block.cells_of_node[node]) for node in first)
            return own + sum(len(block.cells_of_node[node]) for node in chosen)
        for node in free:
            if node not in chosen and not is_safe(chosen | {node}):
                chosen.add(node)
        cuts.append(np.array([0.0 if node in chosen else 1.0 for node in free]))


def main(n_worlds: int) -> None:
    """Hidden and smallest possible, summed over blocks of up to MOST_CELLS cells."""
    tables = ours = best = worse = 0
    for seed in range(n_worlds):
        world = make_world(seed, most=14)
        judged = publication_mask(
            world.cells, world.privacy, METRICS, world.places, answer_scales=ANSWER_SCALES,
            asked_together=[],
        )  # fmt: skip
        judged = judged.with_columns(pl.col("reason_code").replace("complementary", "released"))
        small = judged.join(world.cells, on=list(MASK_KEYS), maintain_order="left")
        grouping = Grouping.of(
            small, world.privacy, METRICS, world.finer, answer_scales=ANSWER_SCALES,
            asked_together=[],
        )  # fmt: skip
        for block in cell_blocks(small, grouping, world.places).values():
            if not block.primary or len(block.labels) > MOST_CELLS:
                continue
            (hidden,) = hide_more([block], [set()])
            least = optimum(block)
            tables, ours, best = tables + 1, ours + len(hidden), best + least
            worse += len(hidden) > least
    print("| tables | hidden | smallest possible | over | tables with more than needed |")
    print("|---|---|---|---|---|")
    print(f"| {tables:,} | {ours:,} | {best:,} | {100 * (ours / best - 1):.1f}% | {worse:,} |")


if __name__ == "__main__":
    main(int(sys.argv[1]))
