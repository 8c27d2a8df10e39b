"""Programs with one voice: scores by unit, coverage and rejects; linkage refused with its reason.

The expected scores are computed here from the public files with the csv module alone.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import polars as pl
import pytest

from tests.pipeline.runs import Ended, crossvoice, private, released

Cells = dict[tuple[str, str], list[float]]
"""Location and period -> scores from 0 to 100 of its respondents."""


@dataclass(frozen=True)
class OneVoice:
    """A program of one voice, what is absent, and its scores by an independent calculation."""

    program: str
    absent: str
    audience: str
    table: str
    metric: str
    cells: Callable[[Path], Cells]
    rejected: dict[tuple[str, str | None], int]


TAFE_MORALE = "WorkUnitViews. Topic:30. Staff morale was positive within my work unit"


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Records of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def patients(data: Path) -> Cells:
    """Share of very good and good answers by service and quarter, one answer a respondent."""
    latest: dict[str, tuple[dt.date, str, str]] = {}
    for row in rows_of(data / "nhs_fft_comments" / "v6framework_230831.csv"):
        first, second, year = (int(part) for part in row["Date"].split("/"))
        month, day = (second, first) if second <= 12 else (first, second)
        answer = (dt.date(year, month, day), row["FFT categorical answer"], row["Service type 1"])
        before = latest.get(row["Respondent ID"])
        if before is None or before[0] <= answer[0]:
            latest[row["Respondent ID"]] = answer
    cells: Cells = defaultdict(list)
    for day, code, service in latest.values():
        if code in {"1", "2", "3", "4", "5"} and service:
            quarter = f"{day.year}-Q{(day.month - 1) // 3 + 1}"
            cells[service.strip(), quarter].append(100.0 if code in {"1", "2"} else 0.0)
    return cells


def leavers(data: Path) -> Cells:
    """Share of leavers who agree that morale was positive, by place and year."""
    folder, cells = data / "qld_exit_surveys", defaultdict(list)
    answers = {"SA", "A", "N", "D", "SD", "Strongly Agree", "Agree", "Neutral", "Disagree",
               "Strongly Disagree"}  # fmt: skip
    for file, morale, year, place in (
        ("dete_survey.csv", "Staff morale", "Cease Date", "Region"),
        ("tafe_survey.csv", TAFE_MORALE, "CESSATION YEAR", "Institute"),
    ):  # fmt: skip
        for row in rows_of(folder / file):
            ended = row[year][-4:]
            if not ended.isdigit() or int(ended) < 2009:  # one left in 2006, before the program
                continue
            if row[morale] in answers and row[place] not in ("", "Not Stated"):
                is_good = row[morale].split()[-1] in {"SA", "A", "Agree"}
                cells[row[place], ended].append(100.0 if is_good else 0.0)
    return cells


PROGRAMS = [
    OneVoice(
        "nhs_friends_family", "employee", "cx", "customer_unit_period_metrics", "positive",
        patients, {("services", "missing_required"): 48},
    ),
    OneVoice(
        "queensland_exit", "customer", "hr", "employee_unit_period_metrics", "morale", leavers,
        {("education_exits", "missing_required"): 34 * 11,
         ("training_exits", "missing_required"): 7 * 11,
         ("education_regions", "blank_record"): 105},
    ),
]  # fmt: skip


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda p: p.program)
def ran(
    request: pytest.FixtureRequest, public_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[OneVoice, Path, Ended]:
    home = tmp_path_factory.mktemp(request.param.program)
    return request.param, home, crossvoice(home, "run", "--program", request.param.program)


def test_linkage_is_refused_with_its_reason(ran: tuple[OneVoice, Path, Ended]) -> None:
    told, home, ended = ran
    assert ended.code == 0, ended.output
    assert "REFUSED" in ended.output
    assert f"the program has no {told.absent} scores" in ended.output
    assert (home / "published" / "current" / "card.txt").exists()


def test_scores_by_place_meet_an_independent_calculation(
    ran: tuple[OneVoice, Path, Ended], public_data: Path
) -> None:
    told, home, _ = ran
    expected = told.cells(public_data)
    found = private(home, "from marts.unit_period_metrics where unit_level = 'location'").filter(
        metric_id=told.metric
    )
    names = dict(private(home, "select location_id, location_name from marts.dim_locations").rows())
    cells = {(names[c["unit_id"]].strip(), c["period_id"]): c for c in found.rows(named=True)}
    assert set(cells) == set(expected)
    for (place, period), scores in expected.items():
        cell = cells[place, period]
        assert cell["n_responses"] == len(scores), (place, period)
        assert cell["value"] == pytest.approx(fmean(scores)), (place, period)


def test_small_groups_are_hidden_and_rejects_have_reasons(
    ran: tuple[OneVoice, Path, Ended], public_data: Path
) -> None:
    told, home, _ = ran
    shown = released(home, told.audience)[told.table].filter(
        pl.col("metric_id") == told.metric, pl.col("unit_level") == "location"
    )
    small = sum(len(scores) < 5 for scores in told.cells(public_data).values())
    assert small > 0
    assert shown["value"].null_count() >= small
    assert (shown["n_responses"].drop_nulls() >= 5).all()
    rejects = private(home, "select source, reason, n_rows from raw.rejected_rows")
    counted: Counter = Counter()
    for source, reason, n_rows in rejects.rows():
        counted[source, reason] += n_rows
    assert counted == told.rejected
