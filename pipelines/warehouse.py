"""The private DuckDB file: the only module that opens it.

What belongs here: connections with one configuration, and the few statements that write a frame
or register landed Parquet. What does not: SQL about the business; that is dbt's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import polars as pl

from pipelines.errors import CrossvoiceError

CONFIG = {"storage_compatibility_version": "v1.0.0"}
"""One configuration everywhere: a second one in the same process would be refused by DuckDB."""


def opened(path: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """The warehouse, open for reading and writing until it is closed.

    `threads` holds for the file in this process; None: as many as DuckDB takes itself.
    Raises CrossvoiceError while another process has it open, and where it may not be opened.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with _told_where():
            con = duckdb.connect(str(path), config=CONFIG)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        holder = re.search(r"PID (\d+)", str(error))
        raise CrossvoiceError(
            "The private warehouse is open in another program"
            + (f" (process {holder[1]})." if holder else "."),
            where=str(path),
            mend="close it there, or wait for the run that writes it; tables to look at while "
            "runs go on are in published/current",
        ) from error
    con.execute("set enable_progress_bar = false")
    if threads is not None:
        con.execute(f"set threads = {threads}")
    return con


@contextmanager
def connect(path: Path, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse as `opened` does, and close it again.

    Raises CrossvoiceError where the landed files it looks at have been moved.
    """
    with closing(opened(path, threads)) as con:
        try:
            yield con
        except duckdb.IOException as error:
            if "No files found" not in str(error):
                raise
            raise CrossvoiceError(
                "The landed files are not where the last run had them: the folder has been moved.",
                where=str(path),
                mend="crossvoice run --force",
            ) from error


@contextmanager
def another(held: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """One more connection to a file that is open, with transactions of its own; made in no time."""
    with closing(held.cursor()) as con:
        con.execute("set enable_progress_bar = false")
        yield con


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block's statements, or none of them."""
    con.execute("begin")
    try:
        yield
    except BaseException:
        con.execute("rollback")
        raise
    with _told_where():
        con.execute("commit")


@contextmanager
def _told_where() -> Iterator[None]:
    """Say what to do about a file that the system does not open.

    A folder that may not be written shows with the first write only: that of the log beside the
    file. Until then everything can be read.
    """
    try:
        yield
    except duckdb.OperationalError as error:
        found = re.search(r'Cannot open file "(.+?\.duckdb[^"]*)": ([^\n]+)', str(error))
        if found is None:
            raise
        raise CrossvoiceError(
            f"A DuckDB file cannot be written: {found[2]}.",
            where=found[1],
            mend="make the file and its folder writable for you, or set CROSSVOICE_HOME to a "
            "folder that is",
        ) from error


def write_table(con: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> int:
    """Replace `schema.table` by the frame in one statement; returns its rows."""
    con.register("frame_to_write", frame.lazy())  # an eager one makes DuckDB import pandas
    try:
        _replace(con, "table", table, "select * from frame_to_write")
    finally:
        con.unregister("frame_to_write")
    return frame.height


def register_parquet(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[str, str]],
    files: Sequence[Path],
    instead: Mapping[str, str] | None = None,
    *,
    by_name: bool = False,
) -> None:
    """Make `schema.table` a view over Parquet files; without files an empty one of those types.

    `instead` gives the SQL that takes the place of a column; `by_name` is for files that do not
    all have the same columns, the others being null.
    """
    sql = instead or {}
    if files:
        listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
        select = ", ".join(
            f"cast({sql.get(name, name)} as {kind}) as {name}" for name, kind in columns
        )
        union = ", union_by_name = true" if by_name else ""
        body = f"select {select} from read_parquet([{listed}]{union})"
    else:
        nulls = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns)
        body = f"select {nulls} where false"
    _replace(con, "view", table, body)


def read_table(con: duckdb.DuckDBPyConnection, table: str) -> pl.DataFrame:
    """The whole of `schema.table` as a frame."""
    return con.sql(f"select * from {table}").pl()


def count_rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of `schema.table`."""
    return int(con.sql(f"select count(*) from {table}").fetchall()[0][0])


def has_table(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there is a `schema.table`, a view included."""
    return _kind(con, table) is not None


def _replace(con: duckdb.DuckDBPyConnection, kind: str, table: str, select: str) -> None:
    """Make `schema.table` anew; a statement of its own is a transaction of its own."""
    schema, _, _ = table.partition(".")
    made = f"create or replace {kind} {table} as {select}"
    with _told_where():
        con.execute(f"create schema if not exists {schema}")
        try:
            con.execute(made)
        except duckdb.CatalogException:
            other = _kind(con, table)
            if other in (None, kind):
                raise
            con.execute(f"drop {other} {table}")  # DuckDB replaces one by one of its kind only
            con.execute(made)


def _kind(con: duckdb.DuckDBPyConnection, table: str) -> str | None:
    schema, _, name = table.partition(".")
    found = con.execute(  # without parameters, which make DuckDB import pandas
        "select table_type from information_schema.tables"
        f" where table_schema = '{schema}' and table_name = '{name}'"
    ).fetchone()
    return None if found is None else "view" if found[0] == "VIEW" else "table"
