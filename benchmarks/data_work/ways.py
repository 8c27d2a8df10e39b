"""The ways to the linkage panel from landed Parquet, each to run in a process of its own."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.program.model import Program
    from pipelines.settings import Settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
AFTER_MASK = "fqn:crossvoice.marts.linkage"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
WHOLE = ((), ("--select", AFTER_MASK))
PANEL = (("--select", "+linkage_panel"), ("--select", "linkage_panel"))
"""What dbt is asked for before the mask and after it; a panel needs its ancestors alone."""
MASK_BY_THRESHOLDS = """
    create table marts.publication_mask as
    select unit_level, unit_id, period_id, metric_id, n_people >= 5 as is_released,
      case when n_people >= 5 then 'released' else 'below_threshold' end as reason_code
    from marts.unit_period_metrics
"""
"""The thresholds, which the script applies too; complementary suppression is no data work."""


class Clock:
    """Seconds on the clock and of the processor since it was made, and the steps between."""

    def __init__(self) -> None:
        self.begin = self.last = time.perf_counter()
        self.processor = time.process_time()
        self.steps: dict[str, float] = {}

    def step(self, name: str) -> None:
        """Name what was done since the step before."""
        now = time.perf_counter()
        self.steps[name], self.last = now - self.last, now

    def account(self) -> dict[str, Any]:
        """All of it up to now."""
        return {
            "seconds": time.perf_counter() - self.begin,
            "cpu_seconds": time.process_time() - self.processor,
            "steps": self.steps,
        }


def pipeline(home: Path, name: str, asked: Sequence[Sequence[str]]) -> dict[str, Any]:
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
    built: list[tuple[str, str, str]] = []
    clock = Clock()

    def build(*arguments: str) -> None:
        result = models.invoke(
            ["build", *arguments, *WITHOUT_TESTS],
            target=home / "dbt",
            parsed=models.parsed_project(),
        )
        for node in result.result.results:
            clock.steps[f"  {node.node.name}"] = node.execution_time
            if node.node.resource_type.value in ("model", "seed"):  # and no exposure
                built.append((node.node.resource_type.value, node.node.name, node.node.path))

    with warehouse.connect(settings.warehouse) as con:
        make_raw(con, program, settings, clock, asked)
    build(*asked[0], "--exclude", AFTER_MASK)
    clock.step("dbt to unit_period_metrics")
    with warehouse.connect(settings.warehouse) as con:
        con.execute(MASK_BY_THRESHOLDS)
    clock.step("publication_mask")
    build(*asked[1])
    clock.step("dbt to linkage_panel")
    account = clock.account()
    with warehouse.connect(settings.warehouse) as con:
        con.execute(f"copy marts.linkage_panel to '{home / name}.parquet'")
    return {**account, "built": built}


def make_raw(
    con: Any, program: Program, settings: Settings, clock: Clock, asked: Sequence[Sequence[str]]
) -> None:
    """The raw stage; no model of the panel reads the forms of events, only the mask does."""
    from pipelines import raw

    raw.register_batches(con, program, settings)
    raw.write_declarations(con, program, dt.date(2026, 1, 15))
    raw.write_unit_references(con, program)
    clock.step("raw")
    if asked is WHOLE:
        raw.write_feedback_forms(con)
        clock.step("forms")


def statements(home: Path, name: str, of: str, asked: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The statements the run `of` dbt before executed, in its order, without dbt."""
    import pyarrow  # noqa: F401 - as in the other ways

    from pipelines import warehouse
    from pipelines.program.reading import read_program
    from pipelines.settings import load_settings

    built = json.loads((home / f"{of}.json").read_text())["built"]
    folder, run = home / "statements", home / "dbt" / "run" / "crossvoice"
    shutil.rmtree(folder, ignore_errors=True)
    settings = load_settings("demo")
    program = read_program(settings.program_folder)
    clock = Clock()
    with warehouse.connect(folder / "warehouse.duckdb") as con:
        con.execute("set disabled_compression_methods = 'fsst'")  # as profiles.yml says
        for schema in ("staging", "intermediate", "marts"):
            con.execute(f"create schema {schema}")
        make_raw(con, program, settings, clock, asked)
        for kind, model, path in built:
            if "linkage" in Path(path).parts and "  mask" not in clock.steps:
                con.execute(MASK_BY_THRESHOLDS)
                clock.step("  mask")
            if kind == "seed":
                con.execute(
                    f"create table intermediate.{model} as from '{ROOT}/dbt_project/seeds/{path}'"
                )
            else:
                con.execute((run / "models" / path).read_text())
            clock.step(f"  {model}")
        con.execute("checkpoint")
        account = clock.account()
        con.execute(f"copy marts.linkage_panel to '{home / name}.parquet'")
        comments = warehouse.count_rows(con, "raw.comments")
    return {**account, "comments": comments}


def by_hand(home: Path, name: str) -> dict[str, Any]:
    """The hand-written script, on a database file as the pipeline."""
    import duckdb

    database = home / f"{name}.duckdb"
    database.unlink(missing_ok=True)
    text = (HERE / "handwritten_panel.sql").read_text().replace("{landing}", str(home / "landing"))
    clock = Clock()
    with duckdb.connect(str(database)) as con:
        con.execute("set enable_progress_bar = false")
        for statement in duckdb.extract_statements(text):
            con.execute(statement)
            clock.step("  " + " ".join(statement.query.split("create", 1)[1].split()[:3]))
        account = clock.account()
        con.execute(f"copy linkage_panel to '{home / name}.parquet'")
    return account


WAYS = {
    "by_hand": by_hand,
    "panel_by_pipeline": partial(pipeline, asked=PANEL),
    "panel_by_statements": partial(statements, of="panel_by_pipeline", asked=PANEL),
    "by_pipeline": partial(pipeline, asked=WHOLE),
    "by_statements": partial(statements, of="by_pipeline", asked=WHOLE),
}
"""Each in the order of a round: statements follow the run that wrote them."""
