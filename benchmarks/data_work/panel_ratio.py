"""The data work beside one hand-written script: `python benchmarks/data_work/panel_ratio.py`.

Generates and lands a company of the size asked for (kept in --home, used again next time), then
makes the linkage panel from the same landed Parquet in three ways, each in its own process: by
`handwritten_panel.sql`; by the raw stage, dbt and the thresholds; and by the very statements dbt
executed, on plain DuckDB. Prints times, ratios, peak memory and the time of every model, and fails
when the panels differ. `python -m benchmarks.data_work` does so for three sizes and writes tables.
On a machine that does other work too, read the ratio of processor time.

The hand-written script knows the company: its metrics, scales and thresholds are typed into it, it
makes one unit level of five, and keeps nothing but the panel.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.program.model import Program
    from pipelines.settings import Settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AFTER_MASK = "fqn:crossvoice.marts.linkage"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
EXACT = (
    "pair_id, unit_id, period_id, headcount, n_e, n_c, promoters, passives, detractors,"
    " x_status, y_status"
)
MASK_BY_THRESHOLDS = """
    create table marts.publication_mask as
    select unit_level, unit_id, period_id, metric_id, n_people >= 5 as is_released,
      case when n_people >= 5 then 'released' else 'below_threshold' end as reason_code
    from marts.unit_period_metrics
"""
"""The thresholds, which the script applies too; complementary suppression is no data work."""
ABOUT = ("mean_e", "var_e", "mean_c", "var_c")


def main() -> int:
    """Both ways, and their comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feedback-rows", type=int, default=1_000_000)
    parser.add_argument("--survey-rows", type=int, default=250_000, help="item answers")
    parser.add_argument("--home", type=Path, required=True, help="folder for data and results")
    parser.add_argument("--repeat", type=int, default=1, help="the fastest of so many runs counts")
    parser.add_argument("--child", choices=list(CHILDREN), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    home = arguments.home.resolve()
    os.environ["CROSSVOICE_HOME"] = str(home)
    os.environ["CROSSVOICE_WAREHOUSE"] = str(home / "warehouse.duckdb")
    if arguments.child:
        account = CHILDREN[arguments.child](home)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        account["cpu_seconds"] = usage.ru_utime + usage.ru_stime
        account["peak_gb"] = usage.ru_maxrss / 1e6
        (home / f"{arguments.child}.json").write_text(json.dumps(account))
        return 0
    best = measure(home, arguments.feedback_rows, arguments.survey_rows, arguments.repeat)
    show(best)
    return compare(home)


def measure(home: Path, feedback_rows: int, survey_rows: int, repeat: int) -> dict[str, dict]:
    """Account of the fastest run of each way."""
    os.environ["CROSSVOICE_HOME"] = str(home)
    os.environ["CROSSVOICE_WAREHOUSE"] = str(home / "warehouse.duckdb")
    prepare(home, feedback_rows, survey_rows)
    best: dict[str, dict] = {}
    for _ in range(repeat):
        for name in CHILDREN:
            account = run_child(name, home)
            if name not in best or account["seconds"] < best[name]["seconds"]:
                best[name] = account
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
    command = [sys.executable, __file__, "--home", str(home), "--child", name]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, env=environment, cwd=ROOT)
    return json.loads((home / f"{name}.json").read_text())


def by_pipeline(home: Path) -> dict:
    """Raw stage, dbt, thresholds, dbt: what a run does, without its checks."""
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401 - libraries are imported before the clock, as by hand
    import pyarrow  # noqa: F401

    from pipelines import models, warehouse
    from pipelines.program.reading import read_program
    from pipelines.settings import load_settings

    models.ensure_manifest()
    settings = load_settings("demo")
    settings.warehouse.unlink(missing_ok=True)
    program = read_program(settings.program_folder)
    steps: dict[str, float] = {}
    built: list[tuple[str, str, str]] = []
    begin = last = time.perf_counter()

    def step(name: str) -> None:
        nonlocal last
        steps[name] = time.perf_counter() - last
        last = time.perf_counter()

    def build(*arguments: str) -> None:
        result = models.invoke(
            ["build", *arguments, *WITHOUT_TESTS],
            target=home / "dbt",
            parsed=models.parsed_project(),
        )
        for node in result.result.results:
            steps[f"  {node.node.name}"] = node.execution_time
            if node.node.resource_type.value in ("model", "seed"):  # and no exposure
                built.append((node.node.resource_type.value, node.node.name, node.node.path))

    with warehouse.connect(settings.warehouse) as con:
        make_raw(con, program, settings)
    step("raw")
    build("--exclude", AFTER_MASK)
    step("dbt to unit_period_metrics")
    with warehouse.connect(settings.warehouse) as con:
        con.execute(MASK_BY_THRESHOLDS)
    step("publication_mask")
    build("--select", AFTER_MASK)
    step("dbt to linkage_panel")
    with warehouse.connect(settings.warehouse) as con:
        con.execute(f"copy marts.linkage_panel to '{home / 'by_pipeline.parquet'}'")
    return {"seconds": last - begin, "steps": steps, "built": built}


def make_raw(con: Any, program: Program, settings: Settings) -> None:
    """The raw stage."""
    from pipelines import raw

    raw.register_batches(con, program, settings)
    raw.write_declarations(con, program, dt.date(2026, 1, 15))
    raw.write_unit_references(con, program)


def by_statements(home: Path) -> dict:
    """The statements the run of dbt before executed, in its order, without dbt."""
    import pyarrow  # noqa: F401 - as in the other ways

    from pipelines import warehouse
    from pipelines.program.reading import read_program
    from pipelines.settings import load_settings

    built = json.loads((home / "by_pipeline.json").read_text())["built"]
    folder, run = home / "statements", home / "dbt" / "run" / "crossvoice"
    shutil.rmtree(folder, ignore_errors=True)
    settings = load_settings("demo")
    program = read_program(settings.program_folder)
    steps: dict[str, float] = {}
    begin = last = time.perf_counter()
    with warehouse.connect(folder / "warehouse.duckdb") as con:
        con.execute("set disabled_compression_methods = 'fsst'")  # as profiles.yml says
        make_raw(con, program, settings)
        for schema in ("staging", "intermediate", "marts"):
            con.execute(f"create schema {schema}")
        steps["  raw"] = time.perf_counter() - last
        for kind, name, path in built:
            last = time.perf_counter()
            if "linkage" in Path(path).parts and "  mask" not in steps:
                con.execute(MASK_BY_THRESHOLDS)
                steps["  mask"] = time.perf_counter() - last
                last = time.perf_counter()
            if kind == "seed":
                con.execute(
                    f"create table intermediate.{name} as from '{ROOT}/dbt_project/seeds/{path}'"
                )
            else:
                con.execute((run / "models" / path).read_text())
            steps[f"  {name}"] = time.perf_counter() - last
        con.execute("checkpoint")
        seconds = time.perf_counter() - begin
        con.execute(f"copy marts.linkage_panel to '{home / 'by_statements.parquet'}'")
        comments = warehouse.count_rows(con, "raw.comments")
    return {"seconds": seconds, "steps": steps, "comments": comments}


def by_hand(home: Path) -> dict:
    """The hand-written script, on a database file as the pipeline."""
    import duckdb

    database = home / "by_hand.duckdb"
    database.unlink(missing_ok=True)
    text = (HERE / "handwritten_panel.sql").read_text().replace("{landing}", str(home / "landing"))
    steps: dict[str, float] = {}
    begin = time.perf_counter()
    with duckdb.connect(str(database)) as con:
        con.execute("set enable_progress_bar = false")
        for statement in duckdb.extract_statements(text):
            start = time.perf_counter()
            con.execute(statement)
            name = " ".join(statement.query.split("create", 1)[1].split()[:3])
            steps[f"  {name}"] = time.perf_counter() - start
        seconds = time.perf_counter() - begin
        con.execute(f"copy linkage_panel to '{home / 'by_hand.parquet'}'")
    return {"seconds": seconds, "steps": steps}


CHILDREN = {"by_hand": by_hand, "by_pipeline": by_pipeline, "by_statements": by_statements}


def show(best: dict[str, dict]) -> None:
    """Both accounts and the ratio."""
    for name, account in best.items():
        print(f"\n{name}: {account['seconds']:.1f} s, {account['cpu_seconds']:.1f} s of processor,")
        print(f"  peak {account['peak_gb']:.2f} GB")
        for label, seconds in account["steps"].items():
            if seconds >= 0.1:
                print(f"  {label:<45} {seconds:7.2f} s")
    for name in ("by_pipeline", "by_statements"):
        wall, processor = ratio(best, name, "seconds"), ratio(best, name, "cpu_seconds")
        print(f"\nratio {name} / by_hand: {wall:.2f} of time, {processor:.2f} of processor time")


def ratio(best: dict[str, dict], name: str, of: str) -> float:
    """A way's time in units of the hand-written script's."""
    return best[name][of] / best["by_hand"][of]


def compare(home: Path) -> int:
    """1 when a panel differs from the one by hand."""
    return max(differs(home, name) for name in ("by_pipeline", "by_statements"))


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
