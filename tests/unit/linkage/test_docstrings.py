"""What the public functions say of themselves: nothing is missing."""

import inspect
import re

import pytest

import pipelines.linkage

PUBLIC = [n for n in pipelines.linkage.__all__ if inspect.isfunction(getattr(pipelines.linkage, n))]
TOLD = {
    "what it measures": r"\bMeasures\b",
    "when it misleads": r"\bmisleads\b",
    "its formula": r"``[^`]*[=<][^`]*``",
    "a reference": r"\b(19|20)\d\d\b",
    "an example": r">>> ",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_say_what_they_are_good_for(name: str) -> None:
    told = inspect.getdoc(getattr(pipelines.linkage, name)) or ""
    assert [what for what, words in TOLD.items() if not re.search(words, told)] == []
