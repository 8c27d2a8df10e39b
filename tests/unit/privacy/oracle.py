"""A solver of its own that looks for disclosure: it knows the truth and nothing of the compiler.

It takes the answers, groups them into the finest places, writes one equation per released cell,
and solves. Nothing is reduced, nothing is guessed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl

from tests.unit.privacy.oracle_widths import widths
from tests.unit.privacy.worlds import World

LEAST = 0.2
FINEST = ["team", "location", "region", "period_id"]


@dataclass(frozen=True)
class Disclosure:
    """What was worked out, and how."""

    metric: str
    group: tuple
    what: str


def disclosures(world: World, released: set[tuple[str, str, str, str]]) -> list[Disclosure]:
    """Everything the released cells (level, unit, period, metric) give away about small groups."""
    found: list[Disclosure] = []
    for (metric,), answers in world.answers.group_by("metric_id"):
        found += _of_metric(world, str(metric), answers, released)
    return found


def _of_metric(world: World, metric: str, answers: pl.DataFrame, released: set) -> list[Disclosure]:
    atoms = answers.group_by(FINEST, maintain_order=True).agg(ATOM)
    cells: dict = {}
    for i, row in enumerate(atoms.iter_rows(named=True)):
        for cell in cells_of(world, row):
            cells.setdefault(cell, set()).add(i)
    told = {cell for cell in cells if (*cell, metric) in released}
    return _worked_out(atoms, cells, told, metric, world.threshold)


def disclosures_of_both(world: World, released: set) -> list[Disclosure]:
    """What engagement and favourable tell together of small groups, where both have every answer.

    The unknowns are how many people of each place gave each answer from 1 to 5.
    """
    scores = 25.0 * np.arange(5)
    is_good = np.where(scores >= 75, 100.0, 0.0)
    answers = world.answers.filter(metric_id="engagement")
    atoms = answers.group_by(FINEST, maintain_order=True).agg(
        *ATOM, *((pl.col("score") == s).sum().alias(f"of {s:g}") for s in scores)
    )
    if atoms.is_empty():
        return []
    truth = atoms.select(f"of {s:g}" for s in scores).to_numpy().astype(float)
    cells: dict = {}
    for i, row in enumerate(atoms.iter_rows(named=True)):
        for cell in cells_of(world, row):
            cells.setdefault(cell, set()).add(i)
    told = [
        np.outer(np.isin(np.arange(len(truth)), list(members)), values).ravel()
        for metric, values in (("engagement", scores), ("favourable", is_good))
        for cell, members in cells.items() if (*cell, metric) in released
    ]  # fmt: skip
    people = [np.outer(place, np.ones(5)).ravel() for place in np.eye(len(truth))]
    matrix, most = np.vstack([*told, *people]), np.repeat(truth.sum(axis=1), 5)
    small = {
        tuple(sorted(a)): cell for cell, a in cells.items()
        if (*cell, "engagement") not in released
        and len(set().union(*(atoms["people"][i] for i in a))) < world.threshold
    } | {
        (i,): ("rest", str(i), "") for i, p in enumerate(atoms["people"])
        if len(p) < world.threshold
    }  # fmt: skip
    found = []
    for metric, values in (("engagement", scores), ("favourable", is_good)):
        for members, cell in small.items():
            pick = np.outer(np.isin(np.arange(len(truth)), members), values).ravel()[None, :]
            (width,) = widths(matrix, matrix @ truth.ravel(), np.zeros(truth.size), most, pick)
            mine = truth[list(members)].sum()
            if width < LEAST * 100 * mine - 1e-4:
                found.append(Disclosure(metric, cell, f"mean within {width / mine:.1f} by both"))
    return found


def joined_disclosures(*releases: tuple[World, set]) -> list[Disclosure]:
    """What releases (world, released cells) give away together, the last one being of now.

    The reader knows which places changed: one whose answers are the same in several releases is one
    unknown, another is one unknown for each. Each had its answers, with scores on the scale.
    """
    found: list[Disclosure] = []
    now, _ = releases[-1]
    for metric in now.answers["metric_id"].unique(maintain_order=True):
        frames = [
            world.answers.filter(pl.col("metric_id") == metric)
            .group_by(FINEST, maintain_order=True)
            .agg(*ATOM, pl.struct("person", "score").sort().alias("told"))
            .with_columns(release=pl.lit(number))
            for number, (world, _) in enumerate(releases)
        ]
        places = pl.concat(frames).group_by(*FINEST, "told", maintain_order=True)
        atoms = places.agg(pl.col("n", "s", "p", "d", "people").first(), "release")
        cells: dict = {}
        for i, row in enumerate(atoms.iter_rows(named=True)):
            for cell in cells_of(now, row):
                for release in row["release"]:
                    cells.setdefault((release, *cell), set()).add(i)
        told = {(r, *cell) for r, *cell in cells if (*cell, metric) in releases[r][1]}
        found += _worked_out(atoms, cells, told, metric, now.threshold)
    return found


ATOM = (
    pl.len().alias("n"), pl.col("score").sum().alias("s"),
    (pl.col("score") == 100).sum().alias("p"), (pl.col("score") == -100).sum().alias("d"),
    pl.col("person").unique().alias("people"),
)  # fmt: skip


def _worked_out(
    atoms: pl.DataFrame, cells: dict, told: set, metric: str, threshold: int
) -> list[Disclosure]:
    rows = sorted({tuple(sorted(a)) for cell, a in cells.items() if cell in told})
    matrix = np.zeros((len(rows), atoms.height))
    for i, members in enumerate(rows):
        matrix[i, list(members)] = 1
    people = [set(p) for p in atoms["people"].to_list()]
    hidden = {cell: sorted(a) for cell, a in cells.items() if cell not in told}
    small = {tuple(a): cell for cell, a in hidden.items()
             if len(set().union(*(people[i] for i in a))) < threshold}  # fmt: skip
    for i in range(atoms.height):
        if len(people[i]) < threshold:
            small.setdefault((i,), ("rest", str(i), ""))
    if not small:
        return []
    shown = {a[0] for cell, a in hidden.items() if len(a) == 1} | {
        a for cell in told for a in cells[cell] if len(cells[cell]) == 1
    }
    found = _narrow(matrix, atoms, small, metric, shown, threshold)
    return found + _exact_groups(matrix, people, metric, threshold)


def cells_of(world: World, row: dict) -> list[tuple[str, str, str]]:
    periods = [row["period_id"]] + [q for q, parts in world.finer.items()
                                    if row["period_id"] in parts]  # fmt: skip
    team, location, region = row["team"], row["location"], row["region"]
    found = []
    for period in periods:
        if team and location:
            found.append(("unit", f"{team}@{location}", period))
        found += [
            (level, unit, period)
            for level, unit in (("team", team), ("location", location), ("region", region))
            if unit
        ]
        found.append(("company", "company", period))
    return found


def _narrow(matrix, atoms, small, metric, shown, threshold) -> list[Disclosure]:
    """Means of small groups, counts known; and their counts."""
    n, s, p, d = (atoms[c].to_numpy().astype(float) for c in ("n", "s", "p", "d"))
    picks = np.zeros((len(small), len(n)))
    for i, members in enumerate(small):
        picks[i, list(members)] = 1
    low = np.zeros(len(n))
    if metric == "nps":
        means = widths(
            np.kron(np.eye(2), matrix), np.concatenate([matrix @ p, matrix @ d]),
            np.tile(low, 2), np.tile(n, 2), np.hstack([picks, -picks]) * 100,
            np.hstack([np.eye(len(n))] * 2), n,
        )  # fmt: skip
        least = LEAST * 200
    else:
        means = widths(matrix, matrix @ s, low, 100 * n, picks)
        least = LEAST * 100
    fewest = np.isin(np.arange(len(n)), list(shown)).astype(float)
    counts = widths(matrix, matrix @ n, fewest, np.full(len(n), FAR), picks)
    found = []
    for cell, mine, mean, count in zip(small.values(), picks @ n, means, counts, strict=True):
        if mean < least * mine - 1e-4:
            found.append(Disclosure(metric, cell, f"mean within {mean / mine:.1f}"))
        if count < threshold - 2 - 1e-4:
            found.append(Disclosure(metric, cell, f"count within {count:.1f}"))
    return found


FAR = 1e5
"""Beyond every count here."""


def _exact_groups(matrix, people, metric, threshold, most=5) -> list[Disclosure]:
    """Sets of up to `most` atoms with too few people whose total follows from the released ones."""
    if not len(matrix):
        return []
    _, singular, basis = np.linalg.svd(matrix)
    free = basis[(singular > 1e-9).sum() :]  # what the totals do not see
    candidates = [i for i in range(len(people)) if len(people[i]) < threshold]
    found = []
    few = [((i,), people[i]) for i in candidates]
    for _ in range(most):
        for group, _ in few:
            if np.abs(free[:, list(group)].sum(axis=1)).max(initial=0) < 1e-9:
                found.append(Disclosure(metric, group, "total worked out exactly"))
        # no group of too many people has one of too few that holds it
        few = [
            ((*group, i), together)
            for group, who in few
            for i in candidates
            if i > group[-1] and len(together := who | people[i]) < threshold
        ]
    return found


def changes_told(then: World, now: World, told_then: set, told_now: set) -> list[Disclosure]:
    """Groups of few changed answers whose scores follow from two releases of the same cells.

    Few are fewer answers than the threshold that came, went or were given anew: three that came in
    one team and three that went in another are six, though the sum of answers is as before.
    """
    found = []
    for metric in now.answers["metric_id"].unique(maintain_order=True):
        answers = pl.concat([
            w.answers.filter(pl.col("metric_id") == metric).with_columns(sign=pl.lit(sign))
            for w, sign in ((now, 1), (then, -1))
        ])  # fmt: skip
        atoms = answers.group_by(FINEST, maintain_order=True).agg(
            pl.col("sign").sum().alias("n"),
            (pl.col("sign") * pl.col("score")).sum().alias("s"),
            pl.struct("person", "score", "sign").alias("told"),
        )
        moved = [_answers_changed(told) for told in atoms["told"].to_list()]
        cells: dict = {}
        for i, row in enumerate(atoms.iter_rows(named=True)):
            for cell in cells_of(now, row):
                cells.setdefault(cell, set()).add(i)
        both = [a for c, a in cells.items() if (*c, metric) in told_then & told_now]
        matrix = np.zeros((len(both), atoms.height))
        for i, members in enumerate(both):
            matrix[i, sorted(members)] = 1
        found += _few(matrix, atoms, moved, metric, now.threshold)
    return found


def _answers_changed(told: list[dict]) -> int:
    balance: Counter = Counter()
    for answer in told:
        balance[answer["person"], answer["score"]] += answer["sign"]
    came, went = Counter(), Counter()
    for (person, _), n in balance.items():
        (came if n > 0 else went)[person] += abs(n)
    return sum(max(came[person], went[person]) for person in came.keys() | went.keys())


def _few(matrix, atoms, changed, metric, threshold, most: int = 3) -> list[Disclosure]:
    if not len(matrix):
        return []
    n, s = atoms["n"].to_numpy(), atoms["s"].to_numpy()
    moved = [i for i in range(len(n)) if n[i] or s[i]]  # he knows that the others are as they were
    if not moved:
        return []
    _, singular, basis = np.linalg.svd(matrix[:, moved])
    free = dict(zip(moved, basis[(singular > 1e-9).sum() :].T, strict=True))
    found = []
    for size in range(1, most + 1):
        for group in combinations(moved, size):
            came, score = n[list(group)].sum(), s[list(group)].sum()
            if sum(changed[i] for i in group) >= threshold or (came == 0 and abs(score) < 1e-9):
                continue
            if np.abs(sum(free[i] for i in group)).max(initial=0) < 1e-9:
                found.append(Disclosure(metric, group, f"{came:+d} answers worked out"))
    return found
