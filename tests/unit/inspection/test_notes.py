"""Notes under a table are left out by patterns that no record begins with."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.connectors.footnotes import begins_with
from pipelines.inspection.look import look

NOTES = ["Total", "1 Number of people invited", "2 Mean of all", "Note: half-year figures",
         "N = 203", "* provisional"]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [[str(101 + 7 * i) for i in range(40)],
     [f"North {i}" for i in range(20)] + ["Notebook shop", "1 Number Street", "Note: Lane"]],
    ids=["numbers of stores", "names that begin alike"],
)  # fmt: skip
def test_no_record_is_taken_for_a_note(tmp_path: Path, names: list[str]) -> None:
    rows = [f"{name},{50 + i},{i}" for i, name in enumerate(names)]
    notes = [f"{note},," for note in NOTES]
    path = tmp_path / "scores.csv"
    path.write_text("\n".join(["Store,Score,Answers", *rows, *notes]) + "\n")
    found = look(path)
    assert found.sample["Store"].to_list() == names

    patterns = found.reading["footnotes"]
    assert not begins_with(found.sample["Store"], patterns).any()
    assert begins_with(pl.Series(NOTES), patterns).all()


def test_short_marks_stay_short(tmp_path: Path) -> None:
    rows = [f"Shop {i},{50 + i},{i}" for i in range(20)]
    notes = ["Source: HR,,", "Provisional figures of the first half of this year,,", "7 of 9,,"]
    (tmp_path / "scores.csv").write_text("\n".join(["Store,Score,Answers", *rows, *notes]) + "\n")
    found = look(tmp_path / "scores.csv")
    assert found.reading["footnotes"] == ["Source:", "Provisional", "7\\ of\\ 9"]
