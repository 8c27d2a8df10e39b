"""Presidio imported without spaCy, which takes most of the time and is never used: no model here.

What belongs here: the stand-in, for the length of an import. What does not: recognisers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

NAMED = ("spacy", "spacy.language", "spacy.tokens", "spacy.util")
"""The modules that Presidio names, for the types of what its models return."""


class _Class(type):
    """Enough for an annotation, and each of its attributes for a decorator with arguments."""

    def __getattr__(cls, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_: lambda decorated: decorated


class _StandIn(ModuleType):
    """A module in which every name is a class."""

    def __getattr__(self, name: str) -> _Class:
        if name.startswith("_"):
            raise AttributeError(name)
        found = _Class(name, (), {})
        setattr(self, name, found)
        return found


@contextmanager
def without_spacy() -> Iterator[None]:
    """Whoever imports spaCy afterwards gets the library; who has it already keeps it."""
    if "spacy" in sys.modules:
        yield
        return
    stand_ins = {name: _StandIn(name) for name in NAMED}
    stand_ins["spacy"].__path__ = []  # a package: only the parts named above can be imported
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
