"""The Baltimore program meets the numbers of an independent calculation on the public files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.pipeline.runs import Ended, crossvoice, private, released

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
    n, r, low, high, rho = EXPECTED[question]
    rows = private(
        home, "from linkage.linkage_estimates where estimand = 'between' and window_id = '2016-17'"
        " and effect_type = 'r'"
    ).filter(
        (pl.col("y_measure") == y_measure) & pl.col("segment").eq_missing(pl.lit(segment)),
        component="observed",
    )
    fisher = rows.filter(conf_method="fisher_z").row(0, named=True)
    assert fisher["n_units"] == n
    assert fisher["estimate"] == pytest.approx(r, abs=5e-5)
    assert fisher["conf_low"] == pytest.approx(low, abs=5e-4)
    assert fisher["conf_high"] == pytest.approx(high, abs=5e-4)
    spearman = rows.filter(pl.col("method").str.contains("spearman")).row(0, named=True)
    assert spearman["estimate"] == pytest.approx(rho, abs=5e-5)


def test_a_year_without_a_staff_survey_is_refused_with_the_reason(
    baltimore: tuple[Path, Ended],
) -> None:
    home, _ = baltimore
    rows = private(home, "from linkage.linkage_estimates where window_id = '2017-18'")
    assert rows.height > 0
    assert set(rows["verdict"]) == {"refused"}
    assert rows["estimate"].null_count() == rows.height
    assert rows["sentence"].str.contains("One of the two voices was not heard").all()


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
