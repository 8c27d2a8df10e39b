"""What dbt does for each command, node or statement, and need not: left out while one runs.

What belongs here: each change of a library that saves dbt's time, for the length of a command and
for a stated gain. What does not: what dbt is asked (models).
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any


@contextmanager
def spared(*, is_parsed: bool) -> Iterator[None]:
    """All that is spared a command, on a project that has been parsed already or not."""
    ways = [
        _debug_unsaid, _templates_compiled_once, _one_calendar, _without_collector, _short_turns,
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

    mixin: Any = dbtClassMixin
    validate = mixin.__dict__["validate"]
    mixin.validate = classmethod(lambda cls, data: None)
    try:
        yield
    finally:
        mixin.validate = validate


@contextmanager
def _debug_unsaid() -> Iterator[None]:
    """Without dbt's thousand debug events, each two messages that nobody reads, neither made nor
    told: a fifth of its time with few rows. Few others are told as such."""
    from dbt_common.events.base_types import DebugLevel, EventLevel  # noqa: PLC0415 - two seconds
    from dbt_common.events.event_manager import EventManager  # noqa: PLC0415

    debug: Any = DebugLevel
    manager: Any = EventManager
    stock = manager.fire_event

    def fire(self: Any, event: Any, level: Any = None, *others: Any, **named: Any) -> None:
        if (level or event.level_tag()) != EventLevel.DEBUG:
            stock(self, event, level, *others, **named)

    manager.fire_event = fire
    debug.__init__ = lambda self, **_: None  # its parts are dictionaries, made messages one by one
    try:
        yield
    finally:
        del debug.__init__
        manager.fire_event = stock


_TEMPLATES: dict[tuple[type, str], Any] = {}


@contextmanager
def _templates_compiled_once() -> Iterator[None]:
    """Jinja makes code of the same text once a process, not in each command: the SQL of models and
    the arguments of tests, a tenth of dbt's time with few rows."""
    from dbt_common.clients.jinja import MacroFuzzEnvironment  # noqa: PLC0415 - two seconds

    environment: Any = MacroFuzzEnvironment  # and its heirs, which say what code they make
    stock = environment.compile

    def known(self: Any, source: Any, *others: Any, **named: Any) -> Any:
        if others or named or not isinstance(source, str):
            return stock(self, source, *others, **named)
        text = (type(self), source)
        if text not in _TEMPLATES:
            _TEMPLATES[text] = stock(self, source)
        return _TEMPLATES[text]

    environment.compile = known
    try:
        yield
    finally:
        del environment.compile


@contextmanager
def _one_calendar() -> Iterator[None]:
    """One calendar of names of days for all of agate's types, which dbt makes for each statement: a
    thirtieth of its time with few rows."""
    import parsedatetime  # noqa: PLC0415

    stock = parsedatetime.Constants
    parsedatetime.Constants = _calendar_of(stock)
    try:
        yield
    finally:
        parsedatetime.Constants = stock


@cache
def _calendar_of(make: Callable[..., Any]) -> Callable[..., Any]:
    return cache(make)


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
