"""Random kills by the hundred: `python -m tests.pipeline.kills.full [COUNT]`.

Each call adds its kills to docs/recovery.csv, series by series, and writes docs/recovery.md from
all that are there; so two hundred can be killed in parts, and a harness that dies loses one series.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from pipelines.demo import generate
from pipelines.fingerprint import git_commit
from pipelines.settings import PROJECT_ROOT
from tests.pipeline.kills.harness import (
    differences,
    kill_runs,
    moments,
    run_to_end,
    wait_for_imports,
)
from tests.pipeline.runs import comparable

ROUNDS = 10
"""Kills of a series: then one run is left to end."""
RECORD = PROJECT_ROOT / "docs" / "recovery.csv"
COLUMNS = ("date", "commit", "whole_run_s", "killed_after_s", "last_stage", "ended_before",
           "release_is_whole", "tables_that_differ")  # fmt: skip
YES, NO = "yes", "no"


def main(count: int) -> int:
    """Kill `count` more runs; returns 1 when any kill on record left something wrong."""
    folder = Path(tempfile.mkdtemp(prefix="crossvoice-kills-"))
    quiet, killed = folder / "quiet", folder / "killed"
    for home in (quiet, killed):
        generate(home / "company", seed=5, locations=8, teams=40)
    wait_for_imports()
    whole = run_to_end(quiet)
    expected = comparable(quiet)
    done = len(_record())
    for first in range(done, done + count, ROUNDS):
        if (first // ROUNDS) % 2 == 0:  # from nothing, so that first runs die too
            for leftover in ("landing", "published", "dagster", "dbt"):
                shutil.rmtree(killed / leftover, ignore_errors=True)
        chosen = moments(min(ROUNDS, done + count - first), whole, seed=first)
        about = [f"{dt.datetime.now(dt.UTC):%Y-%m-%d}", str(git_commit())[:12], f"{whole:.1f}"]
        rows = []
        for kill in kill_runs(killed, chosen, expected):
            told = (YES if x else NO for x in (kill.finished_before, kill.release_is_whole))
            rows.append([*about, f"{kill.seconds:.1f}", kill.stage, *told])
            print(f"{first + len(rows):4}", *rows[-1], flush=True)
        whole = run_to_end(killed)  # the next moments lie in a run as long as this one
        wrong = " ".join(differences(killed, expected))
        _add([[*row, wrong] for row in rows])
        _write()
    shutil.rmtree(folder)
    return 1 if any(_is_wrong(row) for row in _record()) else 0


def _record() -> list[dict[str, str]]:
    with RECORD.open(newline="") as file:
        return list(csv.DictReader(file))


def _add(rows: list[list[str]]) -> None:
    with RECORD.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _is_wrong(row: dict[str, str]) -> bool:
    return row["release_is_whole"] != YES or row["tables_that_differ"] != ""


def _write() -> None:
    rows = _record()
    stages = Counter(row["last_stage"] for row in rows if row["ended_before"] == NO)
    commits = Counter((row["date"], row["commit"]) for row in rows if row["ended_before"] == NO)
    killed = sum(commits.values())
    lines = [
        "# Recovery from random kills",
        "",
        f"Made by `make kills`, in parts; every run is a row of [recovery.csv](recovery.csv). Of "
        f"{len(rows)} runs of the demo program (8 locations, 40 teams) {killed} were killed with "
        "SIGKILL at a random moment, the others had ended before theirs; ten to twenty in a row "
        "before one was left to end; every second series began with nothing landed.",
        "",
        "| day | commit | kills |",
        "|---|---|---|",
        *(f"| {day} | `{commit}` | {n} |" for (day, commit), n in commits.items()),
        "",
        "| last stage begun when killed | kills |",
        "|---|---|",
        *(f"| {stage} | {n} |" for stage, n in stages.most_common()),
        f"| (had ended before its moment) | {sum(row['ended_before'] == YES for row in rows)} |",
        "",
        "Readers saw a release that was not whole: "
        f"{sum(row['release_is_whole'] != YES for row in rows)} times.",
        "",
        "Kills after whose series released tables differed from those of a run nobody killed: "
        f"{sum(row['tables_that_differ'] != '' for row in rows)}.",
    ]
    (PROJECT_ROOT / "docs" / "recovery.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
