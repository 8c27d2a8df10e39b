"""Two hundred random kills: `python -m tests.pipeline.kills.full`, writes docs/recovery.md."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from pipelines.demo import generate
from pipelines.fingerprint import git_commit
from pipelines.settings import PROJECT_ROOT
from tests.pipeline.kills.harness import Kill, differences, kill_runs, moments, run_to_end
from tests.pipeline.runs import comparable

ROUNDS = 20
"""Kills between two runs that are left to end."""


def main(count: int) -> int:
    """Kill `count` runs; returns 1 when any of them left something wrong."""
    folder = Path(tempfile.mkdtemp(prefix="crossvoice-kills-"))
    quiet, killed = folder / "quiet", folder / "killed"
    for home in (quiet, killed):
        generate(home / "company", seed=5, locations=8, teams=40)
    whole = run_to_end(quiet)
    expected = comparable(quiet)
    kills: list[Kill] = []
    wrong: list[str] = []
    for part in range(0, count, ROUNDS):
        if part % (2 * ROUNDS) == 0:  # every other time from nothing, so that first runs die too
            for leftover in ("landing", "published", "dagster", "dbt"):
                shutil.rmtree(killed / leftover, ignore_errors=True)
        chosen = moments(min(ROUNDS, count - part), whole, seed=part)
        for kill in kill_runs(killed, chosen, expected):
            kills.append(kill)
            print(f"{len(kills):4} killed after {kill.seconds:5.1f} s, {kill.stage}", flush=True)
        run_to_end(killed)
        wrong += differences(killed, expected)
    _write(kills, wrong, whole)
    shutil.rmtree(folder)
    return 1 if wrong or not all(k.release_is_whole for k in kills) else 0


def _write(kills: list[Kill], wrong: list[str], whole: float) -> None:
    stages = Counter(k.stage for k in kills if not k.finished_before)
    lines = [
        "# Recovery from random kills",
        "",
        f"Made by `make kills` on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit `{git_commit()}`: "
        f"{len(kills)} runs of the demo program (8 locations, 40 teams) were killed with SIGKILL "
        f"at a random moment of a whole run of {whole:.0f} s, {ROUNDS} in a row before one was "
        "left to end; every second series began with nothing landed.",
        "",
        "| last stage begun when killed | kills |",
        "|---|---|",
        *(f"| {stage} | {n} |" for stage, n in stages.most_common()),
        f"| (had ended before its moment) | {sum(k.finished_before for k in kills)} |",
        "",
        f"Readers saw a release that was not whole: "
        f"{sum(not k.release_is_whole for k in kills)} times.",
        "",
        f"Released tables that differed from those of a run nobody killed: {len(wrong)}"
        + (f" ({', '.join(sorted(set(wrong)))})" if wrong else "")
        + ".",
    ]
    (PROJECT_ROOT / "docs" / "recovery.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
