"""What dbt does for each command, node or statement, and need not: left out while one runs.

What belongs here: each change of a library that saves dbt's time, for the length of a command and
for a stated gain. What does not: what dbt is asked (models). `patch` leaves each class as it was,
whether the attribute was its own or its parent's.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch


@contextmanager
def spared(*, is_parsed: bool) -> Iterator[None]:
    """All that is spared a command, on a project that has been parsed already or not."""
    ways = [
        _debug_unsaid, _templates_compiled_once, _one_calendar, _without_diagnostics,
        _without_collector, _short_turns,
    ]  # fmt: skip
    with ExitStack() as stack:
        for way in [*ways, *([_validated_when_parsed] if is_parsed else [])]:
            stack.enter_context(way())
        yield


@contextmanager
def _validated_when_parsed() -> Iterator[None]:
    """Without dbt's JSON schemas, which a process takes 0.7 s to make: the project, the profile and
    the flags were held against them when the project was parsed, and have not changed since.
    """
    from dbt_common.dataclass_schema import dbtClassMixin  # noqa: PLC0415 - two seconds

    with patch.object(dbtClassMixin, "validate", classmethod(lambda cls, data: None)):
        yield


@contextmanager
def _debug_unsaid() -> Iterator[None]:
    """Without dbt's thousand debug events, each two messages that nobody reads, neither made nor
    told: a fifth of its time with few rows. One that is raised to a higher level is made then."""
    from dbt_common.events.base_types import DebugLevel, EventLevel  # noqa: PLC0415 - two seconds
    from dbt_common.events.event_manager import EventManager  # noqa: PLC0415

    make = DebugLevel.__init__
    stock = EventManager.fire_event

    def keep(self: Any, *others: Any, **parts: Any) -> None:
        vars(self)["unmade"] = others, parts  # dictionaries, made messages one by one

    def fire(
        self: Any, e: Any, level: Any = None, node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:  # fmt: skip
        if (level or e.level_tag()) == EventLevel.DEBUG and not force_warn_or_error_handling:
            return
        if "unmade" in vars(e):  # one that is told as more than it is by itself
            others, parts = vars(e).pop("unmade")
            make(e, *others, **parts)
        stock(self, e, level, node, force_warn_or_error_handling)

    with (
        patch.object(DebugLevel, "__init__", keep),
        patch.object(EventManager, "fire_event", fire),
    ):
        yield


_TEMPLATES: dict[tuple[type, str], Any] = {}


@contextmanager
def _templates_compiled_once() -> Iterator[None]:
    """Jinja makes code of the same text once a process, not in each command: the SQL of models and
    the arguments of tests, a tenth of dbt's time with few rows."""
    from dbt_common.clients.jinja import MacroFuzzEnvironment  # noqa: PLC0415 - two seconds

    stock = MacroFuzzEnvironment.compile  # its heirs' too, which say what code they make

    def known(self: Any, source: Any, *others: Any, **named: Any) -> Any:
        if others or named or not isinstance(source, str):
            return stock(self, source, *others, **named)
        text = (type(self), source)
        if text not in _TEMPLATES:
            _TEMPLATES[text] = stock(self, source)
        return _TEMPLATES[text]

    with patch.object(MacroFuzzEnvironment, "compile", known):
        yield


@contextmanager
def _one_calendar() -> Iterator[None]:
    """One calendar of names of days for all of agate's types, which dbt makes for each statement: a
    thirtieth of its time with few rows."""
    import parsedatetime  # noqa: PLC0415

    with patch.object(parsedatetime, "Constants", _calendar_of(parsedatetime.Constants)):
        yield


@cache
def _calendar_of(make: Callable[..., Any]) -> Callable[..., Any]:
    return cache(make)


@contextmanager
def _without_diagnostics() -> Iterator[None]:
    """Without the summary of the graph, for which every node is turned into a dictionary, and the
    search for the module that named each flag of behaviour: 0.07 s a command, for dbt's developers.
    """
    from dbt.compilation import Linker  # noqa: PLC0415 - two seconds
    from dbt_common.behavior_flags import BehaviorFlagRendered  # noqa: PLC0415

    unsaid = staticmethod(lambda: "Unknown")  # dbt's own word for a module that it does not find
    with (
        patch.object(Linker, "get_graph_summary", lambda self, manifest: {}),
        patch.object(BehaviorFlagRendered, "_default_source", unsaid),
    ):
        yield


@contextmanager
def _without_collector() -> Iterator[None]:
    """Without Python's search for cycles, which walks the whole parsed project again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _short_turns() -> Iterator[None]:
    """With short turns of Python's threads: DuckDB asks for the interpreter between its tasks, and
    would wait 5 ms each time while dbt prepares another model.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
