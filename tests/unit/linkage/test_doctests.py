"""Every example in a docstring of the statistics runs and prints what it says."""

import doctest
import importlib
import pkgutil

import pytest

import pipelines.linkage

MODULES = [m.name for m in pkgutil.walk_packages(pipelines.linkage.__path__, "pipelines.linkage.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_print_what_they_say(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
