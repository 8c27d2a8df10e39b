"""What the stages share: the program in use, owners, and the account of a step as metadata.

What belongs here: the resource that hands a program to assets, and small pieces of Dagster wording.
What does not: anything a single stage needs.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from pipelines import threads, warehouse
from pipelines.errors import CrossvoiceError
from pipelines.fingerprint import Basis, read_basis
from pipelines.program.model import Program
from pipelines.program.reading import read_program
from pipelines.run_start import alone
from pipelines.settings import Settings, load_settings

OWNERS = ["team:crossvoice"]
STAGES = (
    "sources",
    "landing",
    "raw",
    "staging",
    "intermediate",
    "marts",
    "linkage",
    "published",
)
"""The stages, in the order of the data's path; also the asset groups and key prefixes."""
RELEASE = dg.AssetKey(["published", "release"])


class ProgramResource(dg.ConfigurableResource):
    """The program in use and where it lives on this machine.

    A run works alone, whoever starts it: the command, a schedule, a sensor or somebody in the UI.
    What it works from is read once, as it starts: all its steps see the same program. The
    warehouse stays open from its first use to the end of the run, so that its steps do not each
    open the file and empty its log; they share it, as connections of one process with one
    configuration do.
    """

    _basis: Basis | None = PrivateAttr(default=None)
    _held: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Called by Dagster once for each run, around its steps, however they end."""
        with ExitStack() as until_the_end:
            with step_errors():
                until_the_end.enter_context(alone(self.settings()))
                self._basis = self.basis()
            try:
                yield self
            finally:
                self._basis = None
                if self._held is not None:
                    self._held.close()
                    self._held = None

    def settings(self) -> Settings:
        """Paths and secrets."""
        return load_settings()

    def basis(self) -> Basis:
        """The program, day and code the run started with; as they are now outside of one."""
        return self._basis or read_basis(self.settings())

    def program(self) -> Program:
        """The declarations of program.yaml, as the run started with them."""
        return self._basis.program if self._basis else read_program(self.settings().program_folder)

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The private DuckDB file, open for the block."""
        settings = self.settings()
        path = settings.warehouse
        if self._basis is None:
            with warehouse.connect(path) as con:
                yield con
            return
        if self._held is None:
            self._held = warehouse.opened(path, threads.of_duckdb(settings))
        with warehouse.another(self._held) as con:
            yield con


@contextmanager
def step_errors() -> Iterator[None]:
    """Turn a user's mistake into a failure that shows its message and is not retried."""
    try:
        yield
    except CrossvoiceError as error:
        raise dg.Failure(description=error.text(), allow_retries=False) from None


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def metadata(self, **counts: Any) -> Mapping[str, Any]:
        """Counts of a step with its duration."""
        return {**counts, "duration_seconds": round(time.perf_counter() - self._start, 3)}


def row_count(rows: int) -> dict[str, Any]:
    """Rows under the key Dagster's catalogue knows."""
    return {"dagster/row_count": rows}
