"""Great Expectations on an open DuckDB connection.

What belongs here: the little that Great Expectations 1.24 lacks for DuckDB. What does not: rules.
Importing this module imports the library (seconds): only data_checks.runner does, when it runs.

Why an engine of our own: the stock one closes its connection before it fetches, except for
dialects on a private list, and DuckDB discards a pending result then. Ours keeps one connection
open. Why an expectation of our own: the stock one also fetches the rows it counts. Why a table and
a metric of our own: the stock ones look for the table and put its name into the query, which the
runner has done.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, Literal

import scipy

from data_checks.later import Later

os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read when the library is imported
if "stats" not in vars(scipy):
    scipy.stats = Later("scipy.stats")  # a second, for three rules that no suite has

import great_expectations as gx
import great_expectations.expectations as gxe
import sqlalchemy as sa
from great_expectations.compatibility import pydantic
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.config_str import ConfigStr
from great_expectations.datasource.fluent.sql_datasource import (
    QueryAsset,
    SQLDatasource,
    TableAsset,
)
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.query_metric_provider import QueryMetricProvider


class TableInspector:
    """The columns of a table, told by the table itself.

    The stock inspector looks through all columns and constraints of the file, twice a suite: two
    thirds of the time of a small one.
    """

    def __init__(self, engine: SqlAlchemyExecutionEngine) -> None:
        self.engine = engine
        self.dialect = engine.dialect

    def get_pk_constraint(self, **_: Any) -> dict[str, Any]:
        """No table has a primary key; the library asks."""
        return {}

    def get_columns(self, table_name: str, schema: str) -> list[dict[str, Any]]:
        """Names, and types in DuckDB's words."""
        with self.engine.get_connection() as con:
            told = con.exec_driver_sql(f'describe "{schema}"."{table_name}"').fetchall()
        return [{"name": row[0], "type": row[1]} for row in told]


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps one connection for its life, so that a result outlives the call that made it."""

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        if self._connection is None or self._connection.closed:
            self._connection = self.engine.connect()
        yield self._connection

    def get_inspector(self) -> Any:
        return TableInspector(self)


class CheckedTable(TableAsset):
    """A table of which the runner knows that it can be read."""

    def test_connection(self) -> None:
        """Nothing to test."""


class DuckDBDatasource(SQLDatasource):
    """Registers itself as `context.data_sources.add_duckdb`."""

    asset_types: ClassVar[list] = [CheckedTable, QueryAsset]
    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]
    connection_string: ConfigStr | str
    checked_schema: str
    _TableAsset: Any = pydantic.PrivateAttr(CheckedTable)

    def test_connection(self, test_assets: bool = True) -> None:
        """Nothing to test: the runner has just used the connection."""

    @property
    def schema_(self) -> str:
        """Where the tables are; the library asks its SQL sources for it."""
        return self.checked_schema

    @classmethod
    def _get_exec_engine_excludes(cls) -> set[str]:
        return {*super()._get_exec_engine_excludes(), "checked_schema"}

    @property
    def execution_engine_type(self) -> Any:
        """The engine above."""
        return DuckDBExecutionEngine

    def get_execution_engine(self) -> Any:
        """One for the source, on the source's own engine; the stock one makes a second."""
        if self._execution_engine is None:
            self._execution_engine = DuckDBExecutionEngine(
                engine=self.get_engine(), create_temp_table=False
            )
        return self._execution_engine


class CountedRows(QueryMetricProvider):
    """How many rows a complete query finds; the stock metric looks for the table's place in it."""

    metric_name = "counted_rows"
    value_keys = ("unexpected_rows_query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, execution_engine: Any, *, metric_value_kwargs: Any, **_: Any) -> int:
        counted = f"select count(*) from ({metric_value_kwargs['unexpected_rows_query']})"
        return int(execution_engine.execute_query(sa.text(counted)).scalar_one())


class UnexpectedRowsCount(gxe.UnexpectedRowsExpectation):
    """The stock expectation without fetching the rows: it asks only how many there are."""

    metric_dependencies: ClassVar[tuple[str, ...]] = (CountedRows.metric_name,)
    _told: Any = pydantic.PrivateAttr(default=None)

    @property
    def configuration(self) -> Any:
        """The arguments in the library's words, which asks for them thirty times a check."""
        if self._told is None:
            self._told = super().configuration
        return self._told

    @pydantic.validator("unexpected_rows_query")
    def _validate_query(cls, query: str) -> str:
        # replaces the stock one by name, which prints a warning when `{batch}` is gone: the runner
        # has put the table there
        return query

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        n_rows = metrics[CountedRows.metric_name]
        return {"success": n_rows == 0, "result": {"unexpected_count": n_rows}}


@cache
def context() -> Any:
    """One ephemeral context per process: nothing is written, nothing is sent."""
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # it tells of its folders
    made = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    # nothing is kept, yet every added source would write the whole configuration: half of the time
    made.variables.save = lambda: None  # type: ignore[method-assign]
    return made


def expectation(name: str, arguments: dict[str, Any]) -> Any:
    """An expectation by the name of its class, complete: later changes would not be seen."""
    if name == "UnexpectedRowsExpectation":
        return UnexpectedRowsCount(**arguments)
    return getattr(gxe, name)(**arguments)
