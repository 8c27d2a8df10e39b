"""The explorer's view of a published file: read-only, locked, limited.

What belongs here: connections to one audience's released DuckDB file, queries with a time limit,
the schema. What does not: the private warehouse; nothing here knows where it is.

DuckDB opened read-only still reads other files, so external access is off and the settings are
locked: file reads, COPY, ATTACH, INSTALL and SET are refused, queries run.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from pipelines.errors import CrossvoiceError
from pipelines.publishing.layout import CURRENT, DATABASE

SECONDS = 10.0
MOST_ROWS = 10_000
LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "lock_configuration": True,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "512MB",
    "threads": 2,
}


def published_file(published: Path, audience: str) -> Path:
    """The released file of an audience as it is now; a release that comes later has another path.

    Raises CrossvoiceError before the first release.
    """
    path = published / CURRENT / audience / DATABASE
    if not path.exists():
        raise CrossvoiceError(
            "Nothing has been released yet.", where=str(path), mend="crossvoice run"
        )
    return path.resolve()


@contextmanager
def locked(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can reach nothing but this file."""
    con = duckdb.connect(str(path), read_only=True, config=LOCKED)
    try:
        yield con
    finally:
        con.close()


def query(path: Path, sql: str, seconds: float = SECONDS) -> pl.DataFrame:
    """At most 10,000 rows of one query, stopped when it takes longer than `seconds`.

    Raises CrossvoiceError with DuckDB's own words when the query cannot be run.
    """
    with locked(path) as con:
        timer = threading.Timer(seconds, con.interrupt)
        timer.start()
        try:
            found = con.sql(sql)
            if found is None:
                raise CrossvoiceError(
                    "This statement gives no rows.", where=sql.strip()[:80],
                    mend="write a query: select ... from ...",
                )  # fmt: skip
            return found.limit(MOST_ROWS).pl()
        except duckdb.InterruptException:
            raise CrossvoiceError(
                f"The query took longer than {seconds:g} s and was stopped.",
                where=sql.strip()[:80], mend="ask for fewer rows or a narrower join",
            ) from None  # fmt: skip
        except duckdb.Error as error:
            raise CrossvoiceError(
                str(error).splitlines()[0], where=sql.strip()[:80],
                mend="the tables and columns are listed beside the box",
            ) from None  # fmt: skip
        finally:
            timer.cancel()


def schema(path: Path) -> pl.DataFrame:
    """Tables, columns and what they mean, from the file's own dictionary."""
    return query(
        path,
        "select c.table_name, c.column_name, c.data_type, d.column_description"
        " from information_schema.columns c left join data_dictionary d"
        " using (table_name, column_name) order by c.table_name, c.ordinal_position",
    )
