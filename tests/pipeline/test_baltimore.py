"""The Baltimore program meets the numbers of an independent calculation on the public files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.runs import (
    Ended,
    assert_as_calculated,
    assert_one_voice_refused,
    between,
    crossvoice,
    private,
    released,
)  # fmt: skip

EXPECTED = {
    ("parent_satisfaction", None): (143, 0.6219, 0.510, 0.713, 0.6691),
    ("student_satisfaction", None): (166, 0.6114, 0.506, 0.699, 0.6450),
    ("student_satisfaction", "employee 5 or more"): (164, 0.6580, 0.561, 0.737, 0.6789),
}
"""(customer metric, subset) -> units, Pearson r, its Fisher interval, Spearman; for 2016-17."""


@pytest.fixture(scope="module")
def baltimore(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    home = tmp_path_factory.mktemp("baltimore")
    return home, crossvoice(home, "run", "--program", "baltimore_schools")


@pytest.mark.parametrize("question", EXPECTED, ids=lambda q: "-".join(filter(None, q)))
def test_estimates_meet_the_independent_values(
    baltimore: tuple[Path, Ended], question: tuple[str, str | None]
) -> None:
    home, ended = baltimore
    assert ended.code == 0, ended.output
    y_measure, segment = question
    assert_as_calculated(between(home, y_measure, "2016-17", segment), *EXPECTED[question])


def test_a_year_without_a_staff_survey_is_refused_with_the_reason(
    baltimore: tuple[Path, Ended],
) -> None:
    home, _ = baltimore
    rows = private(home, "from linkage.linkage_estimates where window_id = '2017-18'")
    assert_one_voice_refused(rows)


def test_card_says_what_too_good_means_and_whose_suppression_holds(
    baltimore: tuple[Path, Ended],
) -> None:
    home, ended = baltimore
    assert "too_good" in ended.output
    assert "suppression is that of Baltimore City Public Schools" in ended.output
    card = (home / "published" / "current" / "card.txt").read_text()
    assert "+0.62" in card
    estimates = released(home)["linkage_estimates"]
    shown = estimates.filter(pl.col("effect_type") == "r")["estimate"].drop_nulls()
    assert (shown == shown.round(2)).all()
