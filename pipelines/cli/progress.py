"""The live display of a run: one line per stage with rows and seconds.

What belongs here: how progress looks, on a terminal and in a log file. What does not: running.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Any

from dagster import DagsterEventType as Event
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from pipelines.defs.common import STAGES

SHOWN = STAGES[1:]
DONE, FAILED, WORKING, WAITING = "done", "failed", "working", "waiting"
STYLES = {DONE: "green", FAILED: "bold red", WORKING: "bold", WAITING: "dim"}


class _Terminal(Console):
    """A console whose reader may go: a run behind `| head` is no failed run."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # what else the command prints goes there, too
        os.close(nowhere)


class Progress:
    """Counts a run's events by stage and shows them while the run goes on."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.console = _Terminal(highlight=False)
        self.start = time.perf_counter()
        self.planned: Counter[str] = Counter()
        self.made: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.checks: Counter[str] = Counter()
        self.warnings: Counter[str] = Counter()
        self.failed: set[str] = set()
        self.seconds: dict[str, float] = {}
        self.current = ""
        self.printed: set[str] = set()
        self.live = Live(self, console=self.console, refresh_per_second=4, transient=True)
        self._lock = threading.Lock()

    def __enter__(self) -> Progress:
        self.console.print(f"[bold]{self.title}[/bold]")
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.console.is_terminal:
            self.live.stop()
            self.console.print(self.table())
        else:
            self._print_stages(at_end=True)

    def plan(self, job: Any) -> None:
        """Note how many assets each stage is going to make."""
        for key in job.asset_layer.executable_asset_keys:
            self.planned[key.path[0]] += 1

    def on_event(self, entry: Any) -> None:
        """Count one event of the run."""
        event = entry.dagster_event
        if event is None:
            return
        with self._lock:
            self._count(event)
        if not self.console.is_terminal:
            self._print_stages()

    def _count(self, event: Any) -> None:
        kind = event.event_type
        if kind is Event.ASSET_MATERIALIZATION:
            stage = event.asset_key.path[0]
            self.made[stage] += 1
            found = event.materialization.metadata.get("dagster/row_count")
            self.rows[stage] += int(found.value) if found is not None else 0
            self.current = stage
            self.seconds[stage] = time.perf_counter() - self.start
        elif kind is Event.ASSET_CHECK_EVALUATION:
            data = event.asset_check_evaluation_data
            stage = data.asset_key.path[0]
            self.checks[stage] += 1
            self.warnings[stage] += 0 if data.passed else 1
            self.seconds[stage] = time.perf_counter() - self.start
        elif kind is Event.STEP_FAILURE and event.step_key:
            self.failed.add(self._stage_of(event))

    def _stage_of(self, event: Any) -> str:
        step = event.step_key or ""
        return next((s for s in SHOWN if s in step), self.current or SHOWN[0])

    def _state(self, stage: str) -> str:
        if stage in self.failed:
            return FAILED
        if self.planned[stage] and self.made[stage] >= self.planned[stage]:
            return DONE
        return WORKING if self.made[stage] or stage == self.current else WAITING

    def _cells(self, stage: str) -> tuple[str, ...]:
        checks = f"{self.checks[stage]} checks" if self.checks[stage] else ""
        if self.warnings[stage]:
            checks += f", {self.warnings[stage]} not met"
        seconds = f"{self.seconds[stage]:.1f} s" if stage in self.seconds else ""
        rows = f"{self.rows[stage]:,} rows" if self.rows[stage] else ""
        return (f"{self.made[stage]}/{self.planned[stage]} tables", rows, checks, seconds)

    def table(self) -> Table:
        """The display as it stands."""
        table = Table(box=None, pad_edge=False, show_header=False)
        for justify in ("left", "left", "right", "right", "left", "right"):
            table.add_column(justify=justify)  # type: ignore[arg-type]
        for stage in SHOWN:
            state = self._state(stage)
            style = STYLES[state]
            table.add_row(Text(stage, style=style), Text(state, style=style), *self._cells(stage))
        elapsed = time.perf_counter() - self.start
        table.add_row(Text("elapsed", style="dim"), "", "", "", "", f"{elapsed:.1f} s")
        return table

    def __rich__(self) -> Table:
        return self.table()

    def _print_stages(self, *, at_end: bool = False) -> None:
        """Where nothing can be redrawn: a stage once, when it is done and a later one has begun."""
        begun = SHOWN.index(self.current) if self.current in SHOWN else 0
        for place, stage in enumerate(SHOWN):
            is_over = at_end or (place < begun and self._state(stage) == DONE)
            if is_over and stage not in self.printed and self.made[stage]:
                self.printed.add(stage)
                cells = [cell for cell in self._cells(stage) if cell]
                self.console.print(f"{stage:13} {self._state(stage):8} {', '.join(cells)}")
