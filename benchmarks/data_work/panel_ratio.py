"""The data work beside one hand-written script: `python -m benchmarks.data_work.panel_ratio`.

Generates and lands a company of the size asked for (kept in --home, used again next time), then
makes the linkage panel from the same landed Parquet in five ways, each in its own process: by
`handwritten_panel.sql`; by the raw stage, dbt and the thresholds, with the models the panel needs
and with all; and each of these two by the very statements dbt executed, on plain DuckDB. Prints
times, ratios, peak memory and the time of every model, and fails when the panels differ.
`python -m benchmarks.data_work` does so for three sizes and writes tables.
On a machine that does other work too, read the ratio of processor time.

The hand-written script knows the company: its metrics, scales and thresholds are typed into it, it
makes one unit level of five, and keeps nothing but the panel.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.data_work.ways import ROOT, WAYS

EXACT = (
    "pair_id, unit_id, period_id, headcount, n_e, n_c, promoters, passives, detractors,"
    " x_status, y_status"
)
MODULE = "benchmarks.data_work.panel_ratio"
ABOUT = ("mean_e", "var_e", "mean_c", "var_c")


def main() -> int:
    """Both ways, and their comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feedback-rows", type=int, default=1_000_000)
    parser.add_argument("--survey-rows", type=int, default=250_000, help="item answers")
    parser.add_argument("--home", type=Path, required=True, help="folder for data and results")
    parser.add_argument("--repeat", type=int, default=1, help="the fastest of so many runs counts")
    parser.add_argument("--child", choices=list(WAYS), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    home = arguments.home.resolve()
    os.environ["CROSSVOICE_HOME"] = str(home)
    os.environ["CROSSVOICE_WAREHOUSE"] = str(home / "warehouse.duckdb")
    if arguments.child:
        account = WAYS[arguments.child](home, arguments.child)
        account["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        (home / f"{arguments.child}.json").write_text(json.dumps(account))
        return 0
    best = measure(home, arguments.feedback_rows, arguments.survey_rows, arguments.repeat)
    show(best)
    return compare(home)


def measure(home: Path, feedback_rows: int, survey_rows: int, repeat: int) -> dict[str, dict]:
    """Account of the fastest run of each way, with the least processor time of all."""
    os.environ["CROSSVOICE_HOME"] = str(home)
    os.environ["CROSSVOICE_WAREHOUSE"] = str(home / "warehouse.duckdb")
    prepare(home, feedback_rows, survey_rows)
    best: dict[str, dict] = {}
    for _ in range(repeat):
        for name in WAYS:
            account = run_child(name, home)
            before = best.get(name, account)
            best[name] = {
                **min(before, account, key=lambda one: one["seconds"]),
                "cpu_seconds": min(before["cpu_seconds"], account["cpu_seconds"]),
            }
    return best


def prepare(home: Path, feedback_rows: int, survey_rows: int) -> None:
    """Generate and land the company unless that has been done."""
    from pipelines.connectors.file import pull
    from pipelines.demo.company import generate
    from pipelines.privacy.pseudonyms import Pseudonymizer
    from pipelines.privacy.secret import load_secret
    from pipelines.program.reading import read_program
    from pipelines.settings import load_settings

    if (home / "landing").exists():
        return
    summary = generate(
        home / "company", feedback_rows=feedback_rows, survey_rows=survey_rows, truth_rows=False
    )
    print(summary.sentence(), flush=True)
    settings = load_settings("demo")
    program = read_program(settings.program_folder)
    pseudonyms = Pseudonymizer(load_secret(settings), program.org.identifiers)
    for source in program.sources:
        pull(source, program, settings, pseudonyms)


def run_child(name: str, home: Path) -> dict:
    """One way, in a process of its own."""
    command = [sys.executable, "-m", MODULE, "--home", str(home), "--child", name]
    subprocess.run(command, check=True, cwd=ROOT)
    return json.loads((home / f"{name}.json").read_text())


def show(best: dict[str, dict]) -> None:
    """Both accounts and the ratio."""
    for name, account in best.items():
        print(f"\n{name}: {account['seconds']:.1f} s, {account['cpu_seconds']:.1f} s of processor,")
        print(f"  peak {account['peak_gb']:.2f} GB")
        for label, seconds in account["steps"].items():
            if seconds >= 0.1:
                print(f"  {label:<45} {seconds:7.2f} s")
    for name in list(WAYS)[1:]:
        wall, processor = ratio(best, name, "seconds"), ratio(best, name, "cpu_seconds")
        print(f"\nratio {name} / by_hand: {wall:.2f} of time, {processor:.2f} of processor time")


def ratio(best: dict[str, dict], name: str, of: str) -> float:
    """A way's time in units of the hand-written script's."""
    return best[name][of] / best["by_hand"][of]


def compare(home: Path) -> int:
    """1 when a panel differs from the one by hand."""
    return max(differs(home, name) for name in list(WAYS)[1:])


def differs(home: Path, name: str) -> int:
    """1 when the panels differ: counts and words exactly, means and variances by over 1e-9."""
    import duckdb

    ours, hand = (f"'{home / way}.parquet'" for way in (name, "by_hand"))
    keys = "pair_id, unit_id, period_id"
    far = " or ".join(
        f"abs(a.{c} - b.{c}) > 1e-9 * greatest(1, abs(a.{c})) or (a.{c} is null) <> (b.{c} is null)"
        for c in ABOUT
    )
    [(n, extra, missing, different)] = duckdb.sql(f"""
        select (select count(*) from {ours}),
          (select count(*) from (select {EXACT} from {ours} except all select {EXACT} from {hand})),
          (select count(*) from (select {EXACT} from {hand} except all select {EXACT} from {ours})),
          (select count(*) from {ours} as a join {hand} as b using ({keys}) where {far})
    """).fetchall()
    print(
        f"panel {name}: {n} rows, {extra} only there, {missing} only by hand, {different} apart",
        flush=True,
    )
    return int(bool(extra or missing or different))


if __name__ == "__main__":
    raise SystemExit(main())
