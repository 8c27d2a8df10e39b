"""How one question is printed: every number has a name, nothing is wider than a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "linkage"))
from reports import ESTIMATORS, rich_panel

from pipelines import warehouse
from pipelines.cli.estimate import _show, show_estimate
from pipelines.errors import CrossvoiceError

DATA = rich_panel()


@pytest.mark.parametrize("name", ESTIMATORS)
def test_a_question_fits_eighty_columns(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    _show(ESTIMATORS[name](DATA))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 80
    assert any(line.rstrip().endswith(".") for line in lines)


def test_rungs_and_segments_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    _show(ESTIMATORS["adjusted"](DATA))
    _show(ESTIMATORS["segments"](DATA))
    shown = capsys.readouterr().out
    for heading in ("held fixed: period,region_id", "inside units over time",
                    "region_id: r1", "region_id: all"):  # fmt: skip
        assert heading in shown


def test_a_refused_question_names_its_guard(capsys: pytest.CaptureFixture[str]) -> None:
    _show(ESTIMATORS["between"](DATA.head(3)))
    shown = capsys.readouterr().out
    assert "too_few_units" in shown and "refused: Only 1 unit: too few" in shown


PANEL = "create schema if not exists marts; create table marts.linkage_panel as select 1 as n"


@pytest.mark.parametrize("left", [None, "", PANEL])
def test_before_the_first_panel_the_words_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: str | None
) -> None:
    """A run that stopped before its panel leaves a warehouse, an older version other tables."""
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path))
    if left is not None:
        with warehouse.connect(tmp_path / "warehouse.duckdb") as con:
            con.execute(left)
    with pytest.raises(CrossvoiceError, match="There is no panel yet") as caught:
        show_estimate("demo", "between", None, None, None)
    assert caught.value.mend == "crossvoice run"
