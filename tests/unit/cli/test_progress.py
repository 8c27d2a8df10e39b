"""The live display of a run, without a run."""

from __future__ import annotations

import os
import subprocess
import sys

UNREAD = """
import sys
from pipelines.cli.progress import Progress

with Progress("A company") as progress:
    progress.console.print("a stage")
print("the card", flush=True)
sys.stderr.write("went on")
"""


def test_a_run_goes_on_when_nobody_reads_its_progress() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        ended = subprocess.run(
            [sys.executable, "-c", UNREAD], stdout=write, stderr=subprocess.PIPE, text=True
        )
    finally:
        os.close(write)
    assert (ended.returncode, ended.stderr) == (0, "went on")
