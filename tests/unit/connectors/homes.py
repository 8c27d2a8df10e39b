"""A program of one source over files a test writes, and what they land to."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from pipelines import landing
from pipelines.connectors import file
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import Secret
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings

SECRET = Secret((b"a secret of this test",))
FEEDBACK: dict[str, Any] = {
    "name": "feedback",
    "table": "customer_feedback",
    "location": "in/*.csv",
    "columns": {
        "feedback_id": "id",
        "occurred_at": "at",
        "customer_key": {"column": "customer", "id_type": "customer"},
        "location_ref": "store",
    },
    "values": [{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": 10}}],
    "max_rejected_share": 1,
}
HEADER = ("id", "at", "customer", "store", "score")


def source(**changes: Any) -> Source:
    """The feedback source with some keys changed."""
    return Source.model_validate({**FEEDBACK, **changes})


def program(*sources: Source, **changes: Any) -> Program:
    """A program of these sources."""
    metric = {"id": "nps", "label": "NPS", "voice": "customer", "items": ["nps"]}
    words = {
        "program": "small",
        "title": "A small program",
        "period": "month",
        "start": "2025-01-01",
        "time_zone": "Europe/Berlin",
        "metrics": [metric],
        "sources": [s.model_dump(exclude_unset=True) for s in sources],
        **changes,
    }
    return Program.model_validate(words)


@dataclass
class Home:
    """A folder for files and state, and one source that reads from it."""

    folder: Path
    source: Source
    org: dict[str, Any] = field(default_factory=dict)
    zone: str = "Europe/Berlin"

    @property
    def settings(self) -> Settings:
        return Settings(self.folder, self.folder / "home")

    @property
    def program(self) -> Program:
        return program(self.source, org=self.org, time_zone=self.zone)

    def write(self, name: str, text: str | bytes, encoding: str = "utf-8") -> Path:
        """Write a file under the program's folder; returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def write_rows(self, name: str, rows: list[tuple], header: tuple = HEADER) -> Path:
        """Write a CSV file of these rows."""
        path = self.write(name, "")
        with path.open("w", newline="") as out:
            csv.writer(out).writerows([header, *rows])
        return path

    def pull(self) -> file.PullResult:
        """Pull the source once."""
        pseudonyms = Pseudonymizer(SECRET, self.program.org.identifiers)
        return file.pull(self.source, self.program, self.settings, pseudonyms)

    def state(self) -> landing.SourceState:
        """What landing knows of the source."""
        return landing.read_state(self.settings.landing, self.source.name)

    def manifests(self) -> list[landing.Manifest]:
        """Accounts of the batches in use."""
        return landing.batches_in_use(self.settings.landing, self.source.name)

    def landed(self, table: str | None = None) -> pl.DataFrame:
        """All rows in use of a table; default: the source's own."""
        files = [
            path
            for manifest in self.manifests()
            if (
                path := landing.batch_file(
                    self.settings.landing, manifest, table or self.source.table
                )
            ).exists()
        ]
        return pl.concat(pl.read_parquet(path) for path in files) if files else pl.DataFrame()

    def rejects(self) -> list[tuple[int, str | None, str]]:
        """Record number, column and reason of every reject, sorted."""
        found = self.landed(landing.REJECTS)
        if found.is_empty():
            return []
        return sorted(
            found.select("record_number", "column_name", "reason").rows(),
            key=lambda row: (row[0], row[1] or "", row[2]),
        )


class Panic(pl.exceptions.PanicException):
    """A fault inside of a library that is no exception of the usual kind."""


def fail_in_b(module: ModuleType, fault: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fault that nobody foresaw end what the module does with the columns of b.csv."""
    found = module.find_columns

    def fail(of: Source, header: list, where: str) -> dict:
        if "b.csv" in where:
            raise fault
        return found(of, header, where)

    monkeypatch.setattr(module, "find_columns", fail)
