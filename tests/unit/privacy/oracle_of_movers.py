"""A solver that knows who stayed, who came and who went in each place, and nothing of the compiler.

It looks for totals of too few people only; bounds are those of the other solver (oracle.py).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl

from tests.unit.privacy.oracle import FINEST, Disclosure, cells_of
from tests.unit.privacy.worlds import World


def totals_of_few(*releases: tuple[World, set]) -> list[Disclosure]:
    """What releases (world, released cells) give away to who knows everybody's comings and goings.

    A place is several groups to him: those that stayed, came or went. Scores are taken as exact, as
    in companies so small they are.
    """
    found: list[Disclosure] = []
    now = releases[-1][0]
    for metric in now.answers["metric_id"].unique(maintain_order=True):
        in_each = [
            world.answers.filter(metric_id=metric).with_columns(release=pl.lit(number))
            for number, (world, _) in enumerate(releases)
        ]
        each = pl.concat(in_each).group_by(*FINEST, "person", "score", maintain_order=True)
        groups = each.agg(pl.col("release").sort()).group_by(*FINEST, "release").agg("person")
        cells: dict = {}
        for i, row in enumerate(groups.iter_rows(named=True)):
            for cell in cells_of(now, row):
                for release in row["release"]:
                    cells.setdefault((release, *cell), set()).add(i)
        told = [a for (r, *cell), a in cells.items() if (*cell, metric) in releases[r][1]]
        people = [set(p) for p in groups["person"]]
        found += [
            Disclosure(metric, tuple(groups.row(i)[:5] for i in g), "total of few, by who moved")
            for g in _follow(told, people, now.threshold)
        ]
    return found


def _follow(told: list[set[int]], people: list[set], threshold: int) -> list[tuple[int, ...]]:
    matrix = np.array([np.isin(np.arange(len(people)), list(a)) for a in told], dtype=float)
    if not told:
        return []
    _, singular, basis = np.linalg.svd(matrix)
    free = basis[(singular > 1e-9).sum() :]
    few = [i for i, p in enumerate(people) if len(p) < threshold]
    return [
        group
        for size in (1, 2, 3)
        for group in combinations(few, size)
        if len(set().union(*(people[i] for i in group))) < threshold
        and np.abs(free[:, list(group)].sum(axis=1)).max(initial=0) < 1e-9
    ]
