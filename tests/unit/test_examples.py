"""Every example in a docstring prints what it says."""

from __future__ import annotations

import doctest
import importlib

import pytest

from pipelines.settings import PROJECT_ROOT

MODULES = [
    ".".join(path.relative_to(PROJECT_ROOT).with_suffix("").parts)
    for path in sorted((PROJECT_ROOT / "pipelines").rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_print_what_they_say(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed
