"""Words that stand in the code itself: on a page made from code they name nobody.

A store may well be called L1 or T1@L1, as in the examples of the models' tests, or G3, as a guard
on the page of methods. No code is shared with what makes these pages: its files are only read.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipelines.code_files import code_files
from pipelines.settings import PROJECT_ROOT

WORD = re.compile(r"[\w@.-]+")


@cache
def words_of_code() -> frozenset[str]:
    """Every word of our own text files and of the page that dbt's documentation is made of."""
    return frozenset(word for path in _files() for word in words_of(_text(path)))


def words_of(text: str) -> set[str]:
    """Words of a text as ids of units may be written."""
    return set(WORD.findall(text))


def _files() -> Iterator[Path]:
    yield from code_files(PROJECT_ROOT)
    spec = importlib.util.find_spec("dbt")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        yield from Path(place).glob("task/docs/index.html")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:  # compressed: no text
        return ""
