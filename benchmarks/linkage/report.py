"""Time and memory of the statistics on a large panel, with other libraries beside them.

Run ``python -m benchmarks.linkage.report`` (50,000 units x 24 periods), which writes its part of
docs/performance.md, or with ``--units 2000 --periods 12``, which only prints. Every measurement
runs in a process of its own, so peak memory is that of one task plus the panel. Peers run on a
smaller panel where the large one would take minutes; the ratio then compares both on that smaller
panel.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import re
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.fingerprint import git_commit

N_ITEMS, LARGE = 12, (50_000, 24)
WARMING = (200, 6)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
PART = re.compile(r"(?s)(<!-- estimators -->\n).*?(<!-- end of estimators -->)")


@dataclass(frozen=True)
class Measured:
    """Seconds and peak resident memory of one task."""

    seconds: float
    peak_gb: float


def make_panel(n_units: int, n_periods: int, holes: float = 0.0, seed: int = 1) -> pl.DataFrame:
    """Five units per location, a between link of 8 and a within link of 3."""
    rng = np.random.default_rng(seed)
    size = n_units * n_periods
    unit, period = np.repeat(np.arange(n_units), n_periods), np.tile(np.arange(n_periods), n_units)
    level = np.repeat(rng.normal(0, 0.36, n_units), n_periods)
    move = rng.normal(0, 0.25, size)
    n_e, n_c = 2 + rng.poisson(12, size), 2 + rng.poisson(60, size)
    mean_e = 3.5 + level + move + rng.normal(0, 0.9, size) / np.sqrt(n_e)
    own = np.repeat(rng.normal(0, 8, n_units), n_periods)
    mean_c = 8 * level + 3 * move + own + rng.normal(0, 60, size) / np.sqrt(n_c)
    items = {f"q{j + 1:02d}": (mean_e + rng.normal(0, 0.3, size)).round(6) for j in range(N_ITEMS)}
    panel = pl.DataFrame({
        "unit_id": unit, "location_id": unit // 5, "region_id": unit // 5 % 8, "period_id": period,
        "period_index": period, "headcount": n_e + 5, "n_e": n_e, "mean_e": mean_e,
        "var_e": np.full(size, 0.81), "n_c": n_c, "mean_c": mean_c, "var_c": np.full(size, 3600.0),
        **items,
    })  # fmt: skip
    names = (("unit_id", "u"), ("location_id", "l"), ("region_id", "r"), ("period_id", "p"))
    panel = panel.with_columns(
        pl.lit(prefix).add(pl.col(c).cast(pl.String).str.zfill(6)).alias(c) for c, prefix in names
    )
    return panel.filter(pl.Series(rng.random(size) >= holes)) if holes else panel


def _between(panel: pl.DataFrame) -> None:
    from pipelines.linkage import between

    between(panel, respondent_overlap="none")


def _within(panel: pl.DataFrame) -> None:
    from pipelines.linkage import within

    within(panel, respondent_overlap="none")


def _lag(panel: pl.DataFrame) -> None:
    from pipelines.linkage import lag_profile

    lag_profile(panel, max_lag=4, n_draws=2000)


def _drivers(panel: pl.DataFrame) -> None:
    from pipelines.linkage import drivers

    drivers(panel, items=[f"q{j + 1:02d}" for j in range(N_ITEMS)], method="lmg", n_draws=500)


def _report(panel: pl.DataFrame) -> None:
    from pipelines.linkage import (
        adjusted,
        aggregation,
        between,
        change,
        combine,
        contrast,
        drivers,
        lag_profile,
        nonlinear,
        power,
        segments,
        within,
    )  # fmt: skip

    overlap = {"respondent_overlap": "none"}
    combine([
        between(panel, primary=True, **overlap), within(panel, **overlap), lag_profile(panel),
        adjusted(panel, covariates=("log_headcount",), **overlap), contrast(panel, **overlap),
        segments(panel, by="region_id", **overlap), nonlinear(panel), change(panel), power(panel),
        aggregation(panel), aggregation(panel, side="c"),
        *(drivers(panel, items=[f"q{j + 1:02d}" for j in range(N_ITEMS)], method="lmg", level=level)
          for level in ("between", "within")),
    ])  # fmt: skip


def _pyfixest(panel: pl.DataFrame) -> None:
    import pyfixest

    frame = panel.select("unit_id", "period_id", "location_id", "mean_e", "mean_c").to_pandas()
    pyfixest.feols(
        "mean_c ~ mean_e | unit_id + period_id", data=frame, vcov={"CRV1": "location_id"}
    )


def _linearmodels(panel: pl.DataFrame) -> None:
    from linearmodels.panel import PanelOLS

    frame = panel.select("unit_id", "period_index", "location_id", "mean_e", "mean_c").to_pandas()
    frame["location_id"] = frame["location_id"].astype("category").cat.codes
    frame = frame.set_index(["unit_id", "period_index"])
    model = PanelOLS(frame["mean_c"], frame[["mean_e"]], entity_effects=True, time_effects=True)
    model.fit(cov_type="clustered", clusters=frame[["location_id"]])


def _mixed_model(panel: pl.DataFrame) -> None:
    import statsmodels.formula.api as formula

    frame = panel.select(
        "unit_id", "period_id", "mean_c", "mean_e",
        pl.col("mean_e").mean().over("unit_id").alias("level"),
    ).to_pandas()  # fmt: skip
    formula.mixedlm("mean_c ~ mean_e + level + C(period_id)", frame, groups=frame["unit_id"]).fit()


def _rm_corr(panel: pl.DataFrame) -> None:
    import pingouin

    pingouin.rm_corr(
        data=panel.select("unit_id", "mean_e", "mean_c").to_pandas(), x="mean_e", y="mean_c",
        subject="unit_id",
    )  # fmt: skip


def _child(
    task: Callable[[pl.DataFrame], None], size: tuple[int, int, float], queue: object
) -> None:
    panel = make_panel(*size)
    task(make_panel(*WARMING))  # its libraries are imported before the clock
    start = time.perf_counter()
    task(panel)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    queue.put(Measured(seconds, peak))  # type: ignore[attr-defined]


def measure(task: Callable[[pl.DataFrame], None], size: tuple[int, int, float]) -> Measured:
    """The first run on this panel in a fresh process; imports are not counted."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_child, args=(task, size, queue))
    process.start()
    found = queue.get()
    process.join()
    return found


def own_table(units: int, periods: int) -> tuple[list[str], Measured]:
    """One line per task of ours, and what ``within`` took."""
    full, holes = (units, periods, 0.0), (units, periods, 0.3)
    lines = ["| task | panel | seconds | goal | peak GB |", f"|{'---|' * 5}"]
    found: dict[str, Measured] = {}
    for name, task, size, goal in (
        ("between", _between, full, "1"), ("within", _within, full, "2"),
        ("lag profile, 9 lags, 2,000 draws", _lag, full, "10"),
        ("lag profile, 30% of cells missing", _lag, holes, "10"),
        ("drivers, 12 items, 500 draws", _drivers, full, "5"),
        ("whole default report", _report, full, "60, 3 GB"),
    ):  # fmt: skip
        found[name] = measured = measure(task, size)
        lines.append(
            f"| {name} | {size[0]:,} x {size[1]} | {measured.seconds:.2f} | {goal} "
            f"| {measured.peak_gb:.2f} |"
        )
        print(lines[-1], flush=True)
    return lines, found["within"]


def peer_table(units: int, periods: int, small_units: int, within: Measured) -> list[str]:
    """One line per other library, on the large panel where it can, beside ``within``."""
    full, small = (units, periods, 0.0), (small_units, 12, 0.0)
    within_small = measure(_within, small)
    lines = ["| peer | panel | seconds | crossvoice within, same panel | ratio |",
             f"|{'---|' * 5}"]  # fmt: skip
    for name, task, size in (
        ("pyfixest feols two-way", _pyfixest, full), ("linearmodels PanelOLS", _linearmodels, full),
        ("statsmodels MixedLM", _mixed_model, small), ("pingouin rm_corr", _rm_corr, small),
    ):  # fmt: skip
        found, ours = measure(task, size), within if size == full else within_small
        lines.append(
            f"| {name} | {size[0]:,} x {size[1]} | {found.seconds:.2f} | {ours.seconds:.2f} "
            f"| {found.seconds / ours.seconds:.1f} |"
        )
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=LARGE[0])
    parser.add_argument("--periods", type=int, default=LARGE[1])
    parser.add_argument("--small-units", type=int, default=500, help="units of the peers' panel")
    parser.add_argument("--skip-peers", action="store_true")
    chosen = parser.parse_args()
    lines, within = own_table(chosen.units, chosen.periods)
    if chosen.skip_peers:
        return
    lines += ["", *peer_table(chosen.units, chosen.periods, chosen.small_units, within)]
    if (chosen.units, chosen.periods) == LARGE:
        head = (
            f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit `{git_commit()}`, "
            f"{os.cpu_count()} cores, by `python -m benchmarks.linkage.report`."
        )
        text = "\n".join([head, "", *lines]) + "\n"
        PAGE.write_text(PART.sub(lambda m: m[1] + text + m[2], PAGE.read_text()))


if __name__ == "__main__":
    main()
