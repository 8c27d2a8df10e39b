"""`make benchmark`: measures the commands and writes their part of docs/performance.md.

The other parts have commands of their own, because they take long: see the file itself.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

from benchmarks.commands import measure_commands
from pipelines.fingerprint import git_commit

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
PART = re.compile(r"(?s)(<!-- commands -->\n).*?(<!-- end of commands -->)")


def main() -> None:
    """Measure and write."""
    lines = [
        f"Measured on {dt.datetime.now(dt.UTC):%Y-%m-%d} at commit `{git_commit()}`, "
        f"{os.cpu_count()} cores, by `make benchmark`.",
        "",
        "| command | target | fastest | median | peak memory | runs |",
        "|---|---|---|---|---|---|",
    ]
    for m in measure_commands():
        lines.append(
            f"| {m.name} | {m.target} | {m.fastest:.2f} s | {m.median:.2f} s | "
            f"{m.peak_mib:.0f} MiB | {m.repeats} |"
        )
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    PAGE.write_text(PART.sub(lambda m: m[1] + text + m[2], PAGE.read_text()))


if __name__ == "__main__":
    main()
