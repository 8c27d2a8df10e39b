"""Running programs in tests, in this process, as a user would from the command line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
from click.testing import CliRunner

from pipelines.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, everything it printed, and what of it was no message."""

    code: int
    output: str
    stdout: str


def crossvoice(home: Path, *arguments: str) -> Ended:
    """Call the command with its state in `home`; the environment is restored afterwards."""
    before = dict(os.environ)
    os.environ["CROSSVOICE_HOME"] = str(home)
    try:
        result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return Ended(result.exit_code, result.output, result.stdout)


def released(home: Path, audience: str = "shared") -> dict[str, pl.DataFrame]:
    """Every table of an audience's released file, read as a BI tool would."""
    path = home / "published" / "current" / audience / "crossvoice.duckdb"
    with duckdb.connect(str(path.resolve()), read_only=True) as con:
        names = [row[0] for row in con.sql("show tables").fetchall()]
        return {name: con.sql(f"from {name}").pl() for name in names}


def comparable(home: Path) -> dict[str, pl.DataFrame]:
    """All released tables that must be the same for the same input: all but `publication`."""
    tables: dict[str, pl.DataFrame] = {}
    for audience in ("shared", "hr", "cx"):
        for name, frame in released(home, audience).items():
            if name.endswith("_comments"):  # their order is drawn under the secret of the home
                frame = frame.sort(frame.columns)
            if name != "publication":
                tables[f"{audience}/{name}"] = frame
    return tables


def private(home: Path, query: str) -> pl.DataFrame:
    """A query on the private warehouse."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql(query).pl()
