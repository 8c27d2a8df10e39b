"""Made-up releases, from the answers up: what the compiler is tried on.

A world is a list of answers; its cells are counted here by hand, one level after the other, so that
nothing of the compiler is needed to know the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipelines.privacy.atoms import Places
from pipelines.privacy.kept_records import EARLIER_SCHEMA
from pipelines.privacy.records import release_record
from pipelines.program.rules import AnswerScale
from pipelines.program.sections import Metric, Privacy, Thresholds

QUARTER = {"q1": ("m1", "m2", "m3")}
METRICS = [
    Metric(id="engagement", label="e", voice="employee", kind="mean", items=["q01"]),
    Metric(id="favourable", label="f", voice="employee", kind="top_box", top_box_from=4,
           items=["q01"]),
    Metric(id="nps", label="n", voice="customer", kind="net_promoter", items=["nps"]),
]  # fmt: skip

OF_FIVE = AnswerScale(1, 5, is_lower_better=False)
ANSWER_SCALES = {"engagement": [OF_FIVE], "favourable": [OF_FIVE]}


@dataclass(frozen=True)
class World:
    """Answers and where their units lie."""

    answers: pl.DataFrame
    places: Places
    threshold: int
    finer: dict[str, tuple[str, ...]]

    @property
    def privacy(self) -> Privacy:
        t = self.threshold
        return Privacy(thresholds=Thresholds(employee=t, customer=t))

    @cached_property
    def cells(self) -> pl.DataFrame:
        """`unit_period_metrics`, level by level."""
        frame = self.answers
        whole = [
            frame.filter(pl.col("period_id").is_in(parts)).with_columns(period_id=pl.lit(name))
            for name, parts in self.finer.items()
        ]
        frame = pl.concat([frame, *whole])
        levels = {
            "unit": pl.col("team") + "@" + pl.col("location"),
            "team": pl.col("team"),
            "location": pl.col("location"),
            "region": pl.col("region"),
            "company": pl.lit("company"),
        }
        found = [
            frame.with_columns(unit_level=pl.lit(level), unit_id=key)
            .filter(pl.col("unit_id").is_not_null())
            .group_by("unit_level", "unit_id", "period_id", "metric_id", "voice")
            .agg(
                pl.len().cast(pl.Int64).alias("n_responses"),
                people_of_cell(),
                pl.col("score").mean().alias("value"),
                (pl.col("score") == 100).sum().cast(pl.Int64).alias("promoters"),
                (pl.col("score") == -100).sum().cast(pl.Int64).alias("detractors"),
            )
            for level, key in levels.items()
        ]
        return pl.concat(found).with_columns(suppressed_at_source=pl.lit(value=False))


def people_of_cell() -> pl.Expr:
    """Distinct people; one where more than five sixths of the answers are one person's."""
    person = pl.col("person")
    of_one = person.unique_counts().max()
    return (
        pl.when(6 * of_one > 5 * pl.len()).then(1).otherwise(person.n_unique())
        .cast(pl.Int64).alias("n_people")
    )  # fmt: skip


def make_world(seed: int, *, most: int = 9, complete: bool = False) -> World:
    """A random world: a tree or a cross-tabulation, people without a team, months and a quarter.

    Where it is `complete`, every answer counts in both metrics of employees.
    """
    rng = np.random.default_rng(seed)
    n_locations, n_teams = int(rng.integers(1, 4)), int(rng.integers(2, 6))
    regions = {f"L{i}": f"R{i % int(rng.integers(1, 3))}" for i in range(n_locations)}
    crossed = rng.random() < 0.4
    homes = {
        f"T{t}": [f"L{i}" for i in range(n_locations) if rng.random() < 0.6] or ["L0"]
        if crossed
        else [f"L{t % n_locations}"]
        for t in range(n_teams)
    }
    quarter = bool(rng.random() < 0.2)
    periods = ["m1", "m2", "m3"][: int(rng.integers(2, 4))] if quarter else ["m1"]
    loose = rng.random() < 0.5
    extreme = rng.random() < 0.25
    rows: list[tuple] = []
    for period in periods:
        places = [(t, loc) for t, locs in homes.items() for loc in locs]
        if loose:
            places += [(None, loc) for loc in regions] + [("T0", None), (None, None)]
        for team, location in places:
            if rng.random() < 0.1:
                continue
            employees = int(rng.integers(1, most)) if team else int(rng.integers(1, 4))
            rows += _employees(
                rng, employees, team, location, period, extreme, len(rows), complete
            )
            customers = int(rng.integers(0, most))
            rows += _customers(rng, customers, team, location, period, extreme, len(rows))
    if not rows:
        rows = _employees(rng, 3, "T0", "L0", "m1", extreme, 0, complete)
    answers = pl.DataFrame(
        rows,
        schema={"team": pl.String, "location": pl.String, "period_id": pl.String,
                "metric_id": pl.String, "voice": pl.String, "person": pl.String,
                "score": pl.Float64},
        orient="row",
    ).with_columns(region=pl.col("location").replace_strict(regions, default=None))  # fmt: skip
    units = {f"{t}@{loc}": (t, loc) for t, locs in homes.items() for loc in locs}
    finer = {"q1": tuple(periods)} if quarter else {}
    return World(answers, Places(units, regions), int(rng.integers(3, 6)), finer)


def changed(world: World, seed: int) -> World:
    """The same world a little later: some answers gone, some new, in one or two places."""
    rng = np.random.default_rng(seed)
    answers = world.answers
    for _ in range(int(rng.integers(1, 3))):
        here = answers.row(int(rng.integers(0, answers.height)), named=True)
        place = pl.all_horizontal(
            pl.col(c).eq_missing(pl.lit(here[c])) for c in ("team", "location", "period_id")
        )
        people = answers.filter(place)["person"].unique(maintain_order=True).to_list()
        gone = people[: int(rng.integers(1, 4))]
        if rng.random() < 0.5 and answers.height > len(gone):
            kept = answers.filter(~(place & pl.col("person").is_in(gone)))
            answers = kept if kept.height else answers
        else:
            late = answers.filter(place & pl.col("person").is_in(gone))
            answers = pl.concat([answers, late.with_columns(pl.col("person") + f"-late{seed}")])
    return World(answers, world.places, world.threshold, world.finer)


def transferred(world: World, seed: int) -> World:
    """The same world once it is known that some people belonged to another place all the time."""
    rng = np.random.default_rng(seed)
    where = ["team", "location", "region"]
    places = world.answers.select(where).unique(maintain_order=True)
    if places.height < 2:
        return world
    origin, goal = (places.row(int(i), named=True) for i in rng.permutation(places.height)[:2])
    here = pl.all_horizontal(pl.col(c).eq_missing(pl.lit(v)) for c, v in origin.items())
    there = world.answers.filter(here)["person"].unique(maintain_order=True)
    who = there.gather(rng.permutation(len(there))[: int(rng.integers(1, 4))].tolist())
    moves = here & pl.col("person").is_in(who.implode())
    answers = world.answers.with_columns(
        pl.when(moves).then(pl.lit(v, dtype=pl.String)).otherwise(c).alias(c)
        for c, v in goal.items()
    )
    joined = answers.select("team", "location").drop_nulls().unique()
    units = world.places.units | {f"{t}@{at}": (t, at) for t, at in joined.iter_rows()}
    return World(answers, Places(units, world.places.regions), world.threshold, world.finer)


def record_of(world: World, mask: pl.DataFrame, release_id: str) -> pl.DataFrame:
    """The record of a release of a world, as the product keeps it and reads it again."""
    record = release_record(world.cells, mask, world.places)
    return record.with_columns(
        release_id=pl.lit(release_id), is_whole=pl.lit(value=True)
    ).select(list(EARLIER_SCHEMA))


def _employees(rng, n, team, location, period, extreme, first, complete) -> list[tuple]:
    rows = []
    for i in range(n):
        score = 25.0 * (4 if extreme and rng.random() < 0.9 else int(rng.integers(0, 5)))
        where = (team, location, period)
        rows.append((*where, "engagement", "employee", f"e{first}-{i}", score))
        if rng.random() < 0.9 or complete:
            favourable = 100.0 if score >= 75 else 0.0
            rows.append((*where, "favourable", "employee", f"e{first}-{i}", favourable))
    return rows


def _customers(rng, n, team, location, period, extreme, first) -> list[tuple]:
    rows = []
    for i in range(n):
        score = 100.0 if extreme and rng.random() < 0.9 else float(rng.choice([-100, 0, 100]))
        person = f"c{first}-{0 if rng.random() < 0.05 else i}"
        rows.append((team, location, period, "nps", "customer", person, score))
    return rows
