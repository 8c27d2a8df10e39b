"""Locations with their variables replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import CrossvoiceError
from pipelines.settings import Settings, load_settings


def test_variables_and_relative_paths(tmp_path: Path) -> None:
    known = Settings(tmp_path / "program", tmp_path / "home", public_data=tmp_path / "public")

    assert known.expand("in/a.csv") == tmp_path / "program/in/a.csv"
    assert known.expand("/data/a.csv") == Path("/data/a.csv")
    assert known.expand("${CROSSVOICE_HOME}/a.csv") == tmp_path / "home/a.csv"
    assert known.expand("${CROSSVOICE_PUBLIC_DATA}/x/*.csv") == tmp_path / "public/x/*.csv"


def test_an_unset_variable_says_how_to_set_it(tmp_path: Path) -> None:
    with pytest.raises(CrossvoiceError, match="export CROSSVOICE_PUBLIC_DATA="):
        Settings(tmp_path, tmp_path).expand("${CROSSVOICE_PUBLIC_DATA}/a.csv")


def test_a_program_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(CrossvoiceError, match=r"one of: .*demo"):
        load_settings(tmp_path / "nowhere")
