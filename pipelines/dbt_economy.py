"""What dbt does for each command, node or statement, and need not: left out while one runs.

What belongs here: each change of a library that saves dbt's time, for the length of a command and
for a stated gain. What does not: what dbt is asked (models).
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


@contextmanager
def spared(*, is_parsed: bool) -> Iterator[None]:
    """All that is spared a command, on a project that has been parsed already or not."""
    ways = [_debug_unsaid, _without_collector, _short_turns]
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
