"""Running programs in tests, in this process, as a user would from the command line."""

from __future__ import annotations

import os
import random
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


def mix_rows(folder: Path, seed: int) -> None:
    """Put the records of every CSV file in another order; quotes may hold line breaks."""
    for file in sorted(folder.rglob("*.csv")):
        records = [""]
        with file.open(encoding="utf-8", newline="") as lines:
            for line in lines:
                records[-1] += line
                if records[-1].count('"') % 2 == 0:
                    records.append("")
        header, *rest = records
        random.Random(seed).shuffle(rest)
        file.write_text(header + "".join(rest), "utf-8", newline="")


def private(home: Path, query: str) -> pl.DataFrame:
    """A query on the private warehouse."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        return con.sql(query).pl()


def between(home: Path, y_measure: str, window: str, segment: str | None = None) -> pl.DataFrame:
    """The observed rows of one between question, from the private warehouse."""
    rows = private(
        home, "from linkage.linkage_estimates where estimand = 'between' and component = 'observed'"
    ).filter(y_measure=y_measure, window_id=window)
    return rows.filter(pl.col("segment").eq_missing(pl.lit(segment)))


def assert_as_calculated(
    rows: pl.DataFrame, n: int, r: float, low: float, high: float, rho: float
) -> None:
    """Units, Pearson r with its Fisher interval, and Spearman, to the digits given."""
    correlations = rows.filter(effect_type="r")
    fisher = correlations.filter(conf_method="fisher_z").row(0, named=True)
    spearman = correlations.filter(pl.col("method").str.contains("spearman"))["estimate"][0]
    assert fisher["n_units"] == n
    for found, wanted, error in (
        (fisher["estimate"], r, 5e-5), (fisher["conf_low"], low, 5e-4),
        (fisher["conf_high"], high, 5e-4), (spearman, rho, 5e-5),
    ):  # fmt: skip
        assert abs(found - wanted) <= error, (found, wanted)


def assert_one_voice_refused(rows: pl.DataFrame) -> None:
    """Nothing but refusals, each saying that a voice is missing."""
    assert rows.height > 0
    assert set(rows["verdict"]) == {"refused"}
    assert rows["estimate"].null_count() == rows.height
    assert rows["sentence"].str.contains("One of the two voices was not heard").all()
