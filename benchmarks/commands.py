"""How long the commands take: cold run, run with nothing new, code location, help.

What belongs here: whole processes, timed from outside with their peak memory. What does not: the
data work at large sizes (benchmarks.data_work) and the estimators (benchmarks.linkage).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CROSSVOICE = [sys.executable, "-m", "pipelines.cli.main"]
LOAD = "from pipelines.definitions import defs; defs().resolve_job_def('everything')"
REPEATS = 5


@dataclass(frozen=True)
class Measured:
    """One command: seconds of the fastest and the median run, peak memory of any."""

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
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, error = process.communicate()
        seconds.append(time.perf_counter() - begun)
        if process.returncode:
            raise RuntimeError(f"{name} failed: {error.decode()[-2000:]}")
        peak = max(peak, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
    ordered = sorted(seconds)
    return Measured(name, target, ordered[0], ordered[len(ordered) // 2], peak, repeats)


def measure_commands(runs: int = 3) -> list[Measured]:
    """Measure every command with a promised time, smallest processes first.

    Peak memory is the largest of any child so far, so the order matters.
    """
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
