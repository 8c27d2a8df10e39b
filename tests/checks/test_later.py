"""A part of a package that is imported when it is asked for something, and not before."""

from __future__ import annotations

import sys

import pytest
import scipy

from data_checks import duckdb_source
from data_checks.later import Later


def test_a_part_is_imported_with_its_first_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "wsgiref.util", raising=False)
    later = Later("wsgiref.util")
    assert "wsgiref.util" not in sys.modules
    assert later.guess_scheme({}) == "http"
    assert "wsgiref.util" in sys.modules


def test_the_library_finds_its_statistics() -> None:
    assert duckdb_source.gx.expectations.ExpectColumnKLDivergenceToBeLessThan
    assert scipy.stats.entropy([0.5, 0.5]) > 0.69
