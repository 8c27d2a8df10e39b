"""A part of a package that a library imports as it starts and needs for little: imported later.

What belongs here: the stand-in. What does not: which parts (where the library is imported).
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """As an attribute of its package, what `from package import part` finds; it has all names of
    the part, which is imported when somebody asks for the first."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)
