"""One small company, built once a session: landing, raw, dbt, mask, and dbt again.

The steps are the functions the Dagster assets call, not the command line.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines import models, raw, warehouse
from pipelines.connectors.file import pull
from pipelines.demo.company import generate
from pipelines.feedback_events import asked_together, read_feedback_forms
from pipelines.privacy.atoms import Places
from pipelines.privacy.mask import MASK_INPUTS, publication_mask
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import Secret
from pipelines.program.reading import read_program
from pipelines.settings import load_settings

TODAY = dt.date(2026, 1, 15)
SECRET = Secret((b"a secret that only tests use",))
AFTER_MASK = "fqn:crossvoice.marts.linkage"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@dataclass(frozen=True)
class Built:
    """A built warehouse and the truth beside the files it was built from."""

    company: Path
    warehouse: Path
    target: Path

    @property
    def truth(self) -> dict[str, Any]:
        """`truth.json`."""
        return json.loads((self.company / "truth.json").read_text())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds; the truth's Parquet files are views of the same name."""
        with duckdb.connect(str(self.warehouse), read_only=True, config=warehouse.CONFIG) as con:
            for name in ("truth_feedback", "truth_responses", "truth_cells"):
                con.execute(
                    f"create temp view {name} as from read_parquet('{self.company / name}.parquet')"
                )
            return con.execute(sql).fetchall()

    def dbt(self, *arguments: str) -> Any:
        """One dbt command on this warehouse."""
        return models.invoke(
            arguments,
            target=self.target,
            warehouse=self.warehouse,
            parsed=models.parsed_project(),
        )


def build_all(built: Built, declared_in: str = "demo") -> None:
    """Everything from a program's files to the panel; may be run again on the same home."""
    settings = load_settings(declared_in)
    program = read_program(settings.program_folder)
    pseudonyms = Pseudonymizer(SECRET, program.org.identifiers)
    for source in program.sources:
        pull(source, program, settings, pseudonyms)
    with warehouse.connect(settings.warehouse) as con:
        raw.register_batches(con, program, settings)
        raw.write_declarations(con, program, TODAY)
        raw.write_unit_references(con, program)
        raw.write_feedback_forms(con)
    built.dbt("build", "--exclude", AFTER_MASK, *WITHOUT_TESTS)
    with warehouse.connect(settings.warehouse) as con:
        cells, participation, units, locations = (
            warehouse.read_table(con, f"marts.{name}") for name in MASK_INPUTS
        )
        places = Places.of(units, locations)
        mask = publication_mask(
            cells, program.privacy, program.metrics, places, participation,
            answer_scales=program.answer_scales,
            asked_together=asked_together(read_feedback_forms(con)),
        )  # fmt: skip
        warehouse.write_table(con, "marts.publication_mask", mask)
    built.dbt("build", "--select", AFTER_MASK, *WITHOUT_TESTS)


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """With the program's state in a folder; the environment is restored afterwards."""
    before = dict(os.environ)
    os.environ["CROSSVOICE_HOME"] = str(home)
    os.environ["CROSSVOICE_WAREHOUSE"] = str(home / "warehouse.duckdb")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The company of 8 locations and 40 teams, through the whole chain."""
    home = tmp_path_factory.mktemp("dbt_home")
    generate(home / "company", locations=8, teams=40)
    result = Built(home / "company", home / "warehouse.duckdb", home / "dbt")
    with at_home(home):
        build_all(result)
        yield result


@pytest.fixture(scope="session")
def feedback(built: Built) -> pl.DataFrame:
    """Every planted event beside what became of it in the warehouse."""
    columns = [
        *("feedback_id", "reference", "fate", "team_code", "location_code", "month", "score"),
        *("location_ref", "score_raw", "period_id", "method", "team_id", "location_id", "reason"),
    ]
    return pl.DataFrame(
        built.rows("""
            select t.feedback_id, t.reference, t.fate, t.team_code, t.location_code, t.month,
              t.score, s.location_ref, s.score_raw, a.period_id, a.attribution_method,
              a.team_id, a.location_id, a.remainder_reason
            from truth_feedback as t
            full join staging.stg_customer_feedback as s using (feedback_id)
            left join intermediate.int_feedback_attributed as a
              on a.event_number = cast(hash(s.source, s.feedback_id) >> 1 as bigint)
              and a.item_code = s.item_code
        """),
        schema=columns,
        orient="row",
        infer_schema_length=None,
    )
