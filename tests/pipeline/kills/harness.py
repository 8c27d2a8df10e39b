"""Killing runs: whatever instant a run dies at, the next one releases the same tables.

Each round starts `crossvoice run` in a process of its own, kills it (SIGKILL) after a random part
of a whole run's time, and looks at what a reader would see: the release before, or the new one,
never anything in between. After some rounds a run is left alone to its end, and its tables are
compared with those of a run nobody killed.

The processes are forked from one that has imported the libraries and read dbt's project, so that
kills fall into the work and not into ten seconds before it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import polars as pl

from pipelines import threads
from pipelines.cli.main import main
from tests.pipeline.runs import comparable, released

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.pipeline.kills.before_work"])

SOONER = 0.8
"""Part of its moment after which a run is killed where the one before had ended by then."""


@dataclass(frozen=True)
class Kill:
    """One kill: when, and what stood then."""

    seconds: float
    stage: str
    finished_before: bool
    release_is_whole: bool


def wait_for_imports() -> None:
    """Come back when the process that runs are forked from is ready for work.

    What is timed to choose moments must not wait for it.
    """
    process = FORKS.Process(target=int)
    process.start()
    process.join()


def start(home: Path, *, many_rows: bool = False) -> BaseProcess:
    """Start a run with its state in `home`; with `many_rows`, as if so many had been landed."""
    process = FORKS.Process(target=_run, args=(home, many_rows))
    process.start()
    return process


def _run(home: Path, many_rows: bool) -> None:
    """`crossvoice run --force` with its output in a file, in a process made for it."""
    if many_rows:
        threads.MANY_ROWS = 0
        os.environ["SLURM_CPUS_ON_NODE"] = "2"  # the one variable DuckDB asks
    log = (home / "run.log").open("w", buffering=1)
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    sys.stdout = sys.stderr = log
    os.environ["CROSSVOICE_HOME"] = str(home)
    main(["run", "--program", "demo", "--force"])


def run_to_end(home: Path, *, many_rows: bool = False) -> float:
    """Let a run end; returns its seconds. AssertionError with its output when it fails."""
    begun = time.perf_counter()
    process = start(home, many_rows=many_rows)
    process.join()  # however long a busy machine takes
    assert process.exitcode == 0, (home / "run.log").read_text()
    return time.perf_counter() - begun


def kill_runs(
    home: Path, moments: list[float], expected: dict[str, pl.DataFrame]
) -> Iterator[Kill]:
    """Kill one run after each of the moments (seconds); one that had ended is no kill, and another
    is started and killed sooner."""
    for moment in moments:
        finished = True
        while finished:
            process = start(home)
            process.join(timeout=moment)
            finished = process.exitcode is not None
            process.kill()
            process.join()
            yield Kill(moment, _last_stage(home), finished, release_is_whole(home, expected))
            moment *= SOONER


def release_is_whole(home: Path, expected: dict[str, pl.DataFrame]) -> bool:
    """No release yet, or one with exactly the expected tables."""
    if not (home / "published" / "current").exists():
        return not (home / "published" / "current").is_symlink()
    return differences(home, expected) == []


PAGES = ("card.svg", "linkage_estimates.xlsx", "data_dictionary.html", "lineage.html")
"""Pages without a time or a release's name."""


def pages(home: Path) -> dict[str, bytes]:
    """The released pages that must be the same for the same input, but for the hash of its files.

    A workbook is a zip, so its parts are read one by one.
    """
    own = released(home)["publication"]["input_hash"][0].encode()
    found = {}
    for path in (home / "published" / "current" / name for name in PAGES):
        parts = {path.name: path.read_bytes()}
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts = {f"{path.name}/{part}": book.read(part) for part in book.namelist()}
        found |= {name: content.replace(own, b"") for name, content in parts.items()}
    return found


def differences(home: Path, expected: dict[str, pl.DataFrame]) -> list[str]:
    """Names of released tables that differ from the expected ones."""
    found = comparable(home)
    names = expected.keys() | found.keys()
    return sorted(
        n for n in names if n not in found or n not in expected or not found[n].equals(expected[n])
    )


def moments(count: int, whole: float, seed: int) -> list[float]:
    """Random moments, one in each of `count` equal parts of a whole run, in random order."""
    draw = random.Random(seed)
    chosen = [whole * (i + draw.random()) / count for i in range(count)]
    draw.shuffle(chosen)
    return chosen


def _last_stage(home: Path) -> str:
    lines = (home / "run.log").read_text().split("\n")
    stages = [line.split()[0] for line in lines if " done " in line or " working " in line]
    return stages[-1] if stages else "before landing"
