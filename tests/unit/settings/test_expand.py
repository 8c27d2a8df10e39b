"""Locations with their variables replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import CrossvoiceError
from pipelines.settings import PROJECT_ROOT, Settings, load_settings


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


def test_a_path_is_the_callers_own_and_a_name_is_a_shipped_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "demo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_settings(".").program_folder == tmp_path
    assert load_settings("./demo/..").program_folder == tmp_path
    assert load_settings("demo").program_folder == PROJECT_ROOT / "programs" / "demo"
    assert load_settings(tmp_path / "demo").program_folder == tmp_path / "demo"
