"""How long the commands take: cold run, run with nothing new, code location, help.

What belongs here: whole processes, timed from outside with their peak memory. What does not: the
data work at large sizes (benchmarks.data_work) and the estimators (benchmarks.linkage).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

CROSSVOICE = [sys.executable, "-m", "pipelines.cli.main"]
LOAD = "from pipelines.definitions import defs; defs().resolve_job_def('everything')"
REPEATS = 5
TIMED = """
import os, sys, time
begun = time.perf_counter()
unheard = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[unheard])
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - begun, os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""
"""Runs a command from a process of 8 MiB: Linux lets a process begin with the peak of who starts
it, and this one has read libraries."""


@dataclass(frozen=True)
class Measured:
    """One command: seconds of the fastest and the median run, peak memory of any.

    Memory is that of the largest process: the command or one that it started and waited for, each
    by itself, not their sum.
    """

    name: str
    target: str
    fastest: float
    median: float
    peak_mib: float
    repeats: int


def measure(name: str, target: str, command: list[str], home: Path, repeats: int) -> Measured:
    """Time a command in fresh processes."""
    env = {**os.environ, "CROSSVOICE_HOME": str(home)}
    seconds: list[float] = []
    peak = 0.0
    for _ in range(repeats):
        told = subprocess.run(
            [sys.executable, "-I", "-S", "-c", TIMED, *command],
            env=env, capture_output=True, text=True, check=True,
        )  # fmt: skip
        taken, code, kib = told.stdout.split()
        if int(code):
            raise RuntimeError(f"{name} failed: {told.stderr[-2000:]}")
        seconds.append(float(taken))
        peak = max(peak, int(kib) / 1024)
    ordered = sorted(seconds)
    return Measured(name, target, ordered[0], ordered[len(ordered) // 2], peak, repeats)


def measure_commands(runs: int = 3) -> list[Measured]:
    """Measure every command with a promised time."""
    folder = Path(tempfile.mkdtemp(prefix="crossvoice-bench-"))
    home = folder / "home"
    company = [*CROSSVOICE, "demo", "--out", str(home / "company"), "--if-missing"]
    found = [
        measure("crossvoice --help", "0.3 s", [*CROSSVOICE, "--help"], home, REPEATS),
        measure("loading the code location", "3 s", [sys.executable, "-c", LOAD], home, REPEATS),
        measure("crossvoice demo", "-", company, home, 1),
    ]
    cold = []
    for _ in range(runs):
        for leftover in ("landing", "published", "dagster", "dbt", "warehouse.duckdb", "logs"):
            path = home / leftover
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(True)
        cold.append(measure("", "", [*CROSSVOICE, "run"], home, 1))
    times = sorted(m.fastest for m in cold)
    peak = max(m.peak_mib for m in cold)
    found.append(Measured("crossvoice run, demo, cold", "35 s, 1536 MiB", times[0],
                          times[len(times) // 2], peak, runs))  # fmt: skip
    found.append(
        measure("crossvoice run, nothing new", "10 s", [*CROSSVOICE, "run"], home, REPEATS)
    )
    shutil.rmtree(folder)
    return found
