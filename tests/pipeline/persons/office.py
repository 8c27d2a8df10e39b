"""A small company of three sources, pulled without a whole run: who is in what is landed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from pipelines import landing
from pipelines.connectors.file import pull
from pipelines.privacy.kept_records import RECORD_SCHEMA
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import load_secret
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings
from tests.unit.connectors.homes import program

LONELY = {
    "unit_level": "unit", "unit_id": "T1@L1", "period_id": "2024-03", "metric_id": "mood",
    "n_responses": 1, "n_people": 1, "value": 71.25, "is_released": False, "is_small": True,
}  # fmt: skip
"""A hidden group of one, as the record of a release has it."""


def lonely_record() -> pl.DataFrame:
    return pl.DataFrame([LONELY], schema=RECORD_SCHEMA)


PEOPLE: dict[str, Any] = {
    "name": "people",
    "table": "person_identifiers",
    "location": "in/people*.csv",
    "columns": {
        "employee_key": {"column": "number", "id_type": "employee_id"},
        "valid_from": "since",
        "valid_to": "until",
    },
    "identifiers": [
        {"column": "mail", "id_type": "email"},
        {"column": "agent", "id_type": "agent"},
    ],
    "names": ["name"],
    "max_rejected_share": 1,
}
SURVEY: dict[str, Any] = {
    "name": "survey",
    "table": "employee_responses",
    "location": "in/survey*.csv",
    "columns": {
        "respondent_key": {"column": "mail", "id_type": "email"},
        "survey": {"value": "pulse"},
        "wave": "wave",
        "answered_at": "at",
    },
    "values": [{"columns": ["q1"], "scale": {"min": 1, "max": 5}}],
    "comment": "text",
}
TICKETS: dict[str, Any] = {
    "name": "tickets",
    "table": "customer_feedback",
    "location": "in/tickets*.csv",
    "columns": {
        "feedback_id": "id",
        "occurred_at": "at",
        "customer_key": {"column": "customer", "id_type": "customer"},
        "agent_key": {"column": "agent", "id_type": "agent"},
    },
    "values": [{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": 10}}],
    "comment": "text",
}
HEADERS = {
    "people": ("number", "mail", "agent", "name", "since", "until"),
    "survey": ("mail", "wave", "at", "q1", "text"),
    "tickets": ("id", "at", "customer", "agent", "score", "text"),
}
ROWS = {
    "people": [
        ("1", "anna@x.org", "A1", "Anna Fuchsberger", "2020-01-01", ""),
        ("2", "ben@x.org", "A2", "Ben Holub", "2020-01-01", "2024-06-30"),
        ("3", "cleo@x.org", "A2", "Cleo Marani", "2024-07-01", ""),
    ],
    "survey": [
        ("anna@x.org", "2024", "2024-03-01", "4", "Holub never listens"),
        ("ben@x.org", "2024", "2024-03-02", "5", "fine"),
        ("cleo@x.org", "2024", "2024-08-02", "3", ""),
    ],
    "tickets": [
        ("F1", "2024-03-01", "C1", "A2", "9", "Ben was kind"),
        ("F2", "2024-09-01", "C1", "A2", "7", "good"),
        ("F3", "2024-09-02", "C2", "A1", "1", "Anna FUCHSBERGER was not"),
    ],
}


@dataclass
class Office:
    """The company's folder, and what was landed of it."""

    folder: Path
    retention: str | None = None

    @property
    def settings(self) -> Settings:
        return Settings(self.folder, self.folder / "home")

    @property
    def program(self) -> Program:
        sources = [Source.model_validate(s) for s in (PEOPLE, SURVEY, TICKETS)]
        if self.retention:
            sources = [s.model_copy(update={"retention": self.retention}) for s in sources]
        return program(*sources)

    @property
    def pseudonyms(self) -> Pseudonymizer:
        return Pseudonymizer(load_secret(self.settings), {})

    def write(self, name: str, rows: list[tuple], part: str = "") -> None:
        """One file of a source."""
        path = self.folder / "in" / f"{name}{part}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([HEADERS[name], *rows])

    def write_all(self) -> None:
        for name, rows in ROWS.items():
            self.write(name, rows)

    def pull(self) -> None:
        """Pull the sources in the order that knows the least names first."""
        for source in sorted(self.program.sources, key=lambda s: s.name, reverse=True):
            pull(source, self.program, self.settings, self.pseudonyms)

    def landed(self, source: str, table: str) -> pl.DataFrame:
        """Rows of a source that are in use."""
        manifests = landing.batches_in_use(self.settings.landing, source)
        files = [landing.batch_file(self.settings.landing, m, table) for m in manifests]
        frames = [pl.read_parquet(file) for file in files if file.exists()]
        return pl.concat(frames).sort("record_number") if frames else pl.DataFrame()

    def state(self) -> dict[str, list]:
        """All that is landed, but for generations, which count how often it was rewritten."""
        found: dict[str, list] = {}
        for source, table in (("people", "person_identifiers"), ("survey", "employee_responses"),
                              ("tickets", "customer_feedback")):  # fmt: skip
            for name in (table, "comments"):
                frame = self.landed(source, name)
                found[f"{source}/{name}"] = frame.rows()
            for m in landing.batches_in_use(self.settings.landing, source):
                assert m.rows_read == m.rows_kept + m.rows_rejected + m.rows_erased
                found[f"{source}/{m.input}"] = [m.rows_kept, m.rows_erased, m.secret_id]
        return found

    def files(self) -> str:
        """Names of every file of landing, as one text."""
        return json.dumps(sorted(str(p) for p in self.settings.landing.rglob("*")))


@contextmanager
def dying_before(stop: str, nth: int, *modules: ModuleType) -> Iterator[None]:
    """The process dies before the nth call of a step, a function of the first module that has it.

    What runs in the block may end by KeyboardInterrupt, if it comes to that call at all.
    """
    module = next(m for m in modules if hasattr(m, stop))
    step, calls = getattr(module, stop), []

    def dying(*arguments: object, **options: object) -> object:
        calls.append(stop)
        if len(calls) == nth:
            raise KeyboardInterrupt
        return step(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, stop, dying)
        yield
