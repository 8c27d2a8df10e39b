"""Seconds to suppress and to audit 100,000 cells: `python -m benchmarks.privacy.speed`.

Units, teams that lie in several locations, locations, regions and the company; three metrics.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.audit.report import audit_release
from pipelines.privacy.atoms import Places
from tests.unit.privacy.release_files import publish
from tests.unit.privacy.worlds import World


def large_world(n_locations: int, n_periods: int, crossed: float, seed: int = 1) -> World:
    """Ten units to a location; a share `crossed` of the teams lies in two locations."""
    rng = np.random.default_rng(seed)
    units = []
    for i in range(n_locations):
        for j in range(10):
            units.append((f"T{i}-{j}", f"L{i}"))
            if rng.random() < crossed:
                units.append((f"T{i}-{j}", f"L{(i + 1) % n_locations}"))
    regions = {f"L{i}": f"R{i % 20}" for i in range(n_locations)}
    n = len(units) * n_periods
    team, location = (np.repeat([u[k] for u in units], n_periods) for k in (0, 1))
    period = np.tile([f"p{i}" for i in range(n_periods)], len(units))
    frames = []
    for metric, voice, mean in (("engagement", "employee", 11), ("nps", "customer", 9)):
        size = rng.poisson(rng.gamma(4, mean / 4, n))
        index = np.repeat(np.arange(n), size)
        values = [0, 25, 50, 75, 100] if voice == "employee" else [-100, 0, 100]
        frames.append(pl.DataFrame({
            "team": team[index], "location": location[index], "period_id": period[index],
            "metric_id": metric, "voice": voice,
            "person": np.char.add(voice[0], np.arange(len(index)).astype(str)),
            "score": rng.choice(values, len(index)).astype(float),
        }))  # fmt: skip
    favourable = frames[0].with_columns(
        metric_id=pl.lit("favourable"), score=100.0 * (pl.col("score") >= 75).cast(pl.Float64)
    )
    answers = pl.concat([*frames, favourable]).with_columns(
        region=pl.col("location").replace_strict(regions)
    )
    places = Places({f"{t}@{loc}": (t, loc) for t, loc in units}, regions)
    return World(answers, places, 5, {})


def main(n_locations: int = 150, n_periods: int = 11) -> None:
    """Print one line per share of crossed teams."""
    print("| cells | teams in two locations | hidden | suppress, s | audit, s | findings |")
    print("|---|---|---|---|---|---|")
    for crossed in (0.0, 0.02, 0.1):
        world = large_world(n_locations, n_periods, crossed)
        with tempfile.TemporaryDirectory() as folder:
            cells = world.cells
            start = time.process_time()
            publish(world, Path(folder))
            suppress = time.process_time() - start
            start = time.process_time()
            audit = audit_release(Path(folder) / "r1", Path(folder))
            seconds = time.process_time() - start
        print(
            f"| {cells.height:,} | {crossed:.0%} | {audit.n_hidden:,} | {suppress:.1f} "
            f"| {seconds:.1f} | {len(audit.findings)} |",
            flush=True,
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
