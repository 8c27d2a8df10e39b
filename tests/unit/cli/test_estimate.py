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


@pytest.mark.parametrize("is_begun", [False, True])
def test_before_the_first_panel_the_words_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_begun: bool
) -> None:
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path))
    if is_begun:  # a run that stopped before its panel leaves a warehouse
        with warehouse.connect(tmp_path / "warehouse.duckdb"):
            pass
    with pytest.raises(CrossvoiceError, match="There is no panel yet") as caught:
        show_estimate("demo", "between", None, None, None)
    assert caught.value.mend == "crossvoice run"
