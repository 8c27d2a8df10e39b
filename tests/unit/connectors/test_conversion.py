"""Text to the contract's types."""
# ruff: noqa: DTZ001 - timestamps of the contract are naive UTC

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.blanks import BLANKS
from pipelines.connectors.conversion import clean, convert, recode
from pipelines.connectors.numbers import number
from pipelines.contract import Column, Kind
from pipelines.program.model import Program
from pipelines.program.periods import program_periods
from pipelines.program.rules import ColumnMapping
from tests.unit.connectors.homes import source

MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1))


def converted(text: str | None, kind: Kind, *, typed: bool = False, **mapping: object) -> object:
    column = Column("c", kind, "")
    how = ColumnMapping.model_validate({"column": "c", **mapping})
    series = pl.Series([text], dtype=pl.String)
    return convert(series, column, how, source(), "Europe/Berlin", typed=typed).to_list()[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-03-01T10:20:30Z", "2025-03-01 10:20:30"),
        ("2025-03-01T10:20:30.250Z", "2025-03-01 10:20:30.250000"),
        ("2025-03-01T10:20:30+02:00", "2025-03-01 08:20:30"),
        ("2025-03-01 10:20:30.5-0530", "2025-03-01 15:50:30.500000"),
        ("2025-03-01T10:20+01:00", "2025-03-01 09:20:00"),
        ("2025-03-01T10:20:30", "2025-03-01 10:20:30"),
        ("2025-03-01 10:20", "2025-03-01 10:20:00"),
        ("2025-03-01", "2025-03-01 00:00:00"),
        ("2025-02-30T10:20:30Z", None),
        ("2025-03-01T25:00:00Z", None),
        ("2025-03-01T10:20:30Zulu", None),
        ("01.03.2025", None),
        ("yesterday", None),
    ],
)  # fmt: skip
def test_iso_timestamps_become_naive_utc(text: str, wanted: str | None) -> None:
    found = converted(text, "timestamp")

    assert (str(found) if found else None) == wanted


@given(st.lists(MOMENTS, min_size=1, max_size=8), st.randoms())
def test_iso_spellings_may_be_mixed_in_one_column(moments: list[dt.datetime], chance) -> None:
    spellings = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S+00:00",
                 "%Y-%m-%dT%H:%M:%S.%fZ"]  # fmt: skip
    moments = [m.replace(microsecond=0) for m in moments]
    texts = [m.strftime(chance.choice(spellings)) for m in moments]

    column = Column("at", "timestamp", "")
    how = ColumnMapping(column="at")
    assert convert(pl.Series(texts), column, how, source(), "UTC").to_list() == moments


@given(MOMENTS)
@example(dt.datetime(2025, 3, 30, 2, 30))  # left out by the clock change
@example(dt.datetime(2025, 10, 26, 2, 30))  # there twice
def test_local_times_become_utc_or_nothing(moment: dt.datetime) -> None:
    # text cannot say which of two equal hours is meant; the earlier is read
    moment = moment.replace(microsecond=0, fold=0)
    aware = moment.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    exists = aware.astimezone(dt.UTC).astimezone(aware.tzinfo).replace(tzinfo=None) == moment

    found = converted(moment.isoformat(), "timestamp", time_zone="local")

    assert found == (aware.astimezone(dt.UTC).replace(tzinfo=None) if exists else None)


@pytest.mark.parametrize(
    ("text", "mapping", "wanted"),
    [
        ("2025-04-01", {}, "2025-04-01"),
        ("01.04.2025", {"format": "%d.%m.%Y"}, "2025-04-01"),
        ("04/2025", {"format": "%m/%Y"}, "2025-04-01"),
        ("45748", {"format": "excel"}, "2025-04-01"),
        ("2018-11-04", {}, "2018-11-04"),  # begins at one o'clock in Brazil
        ("2025-04-01 00:00", {}, "2025-03-31"),  # a time, in UTC
        ("2025-04-01T00:00:00Z", {}, "2025-03-31"),
        ("2025-04-01", {"time_zone": "UTC"}, "2025-03-31"),  # as somebody says
    ],
)
def test_a_day_without_a_time_stays_that_day_west_of_greenwich(
    text: str, mapping: dict, wanted: str
) -> None:
    how = ColumnMapping.model_validate({"column": "c", **mapping})
    for zone in ("America/New_York", "America/Sao_Paulo"):
        found = convert(pl.Series([text]), Column("c", "timestamp", ""), how, source(), zone)
        days = found.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.date()
        assert [str(day) for day in days] == [wanted]


def test_the_date_of_a_sheet_stays_that_day() -> None:
    how, moments = ColumnMapping(column="c"), pl.Series(["2025-04-01 00:00:00", None])
    column = Column("c", "timestamp", "")
    found = convert(moments, column, how, source(), "America/New_York", typed=True)
    assert found.to_list() == [dt.datetime(2025, 4, 1, 4), None]


def test_declared_formats_are_tried_in_their_order() -> None:
    formats = ["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y"]

    assert converted("01.02.2025", "date", format=formats) == dt.date(2025, 2, 1)
    assert converted("01/02/2025", "date", format=formats) == dt.date(2025, 1, 2)
    assert converted("31/12/2025", "date", format=formats) == dt.date(2025, 12, 31)
    assert converted("2025-01-02", "date", format=formats) is None
    assert converted("01.02.2025 14:30", "timestamp", format="%d.%m.%Y %H:%M") == dt.datetime(
        2025, 2, 1, 14, 30
    )


def test_a_typed_date_needs_no_declared_format() -> None:
    """A sheet of dates with some typed as text: both are read."""
    for text in ("2025-01-03 00:00:00", "2025-01-03", "03.01.2025"):
        assert converted(text, "date", typed=True, format="%d.%m.%Y") == dt.date(2025, 1, 3)
        assert converted(text, "timestamp", typed=True, format="%d.%m.%Y") == dt.datetime(
            2025, 1, 3
        )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2025-01-31", dt.date(2025, 1, 31)),
        ("2025-01-31T23:59:59Z", dt.date(2025, 1, 31)),
        ("2025-01-31 23:59:59+02:00", dt.date(2025, 1, 31)),
        ("2025-13-01", None),
        ("31.01.2025", None),
        ("2025-01", None),
    ],
)
def test_dates_lose_the_time_of_day(text: str, wanted: dt.date | None) -> None:
    assert converted(text, "date") == wanted


def test_the_last_day_included_ends_the_day_after_but_not_the_calendar() -> None:
    assert converted("2025-02-28", "date", last_day_included=True) == dt.date(2025, 3, 1)
    assert converted("9999-12-31", "date", last_day_included=True) == dt.date(9999, 12, 31)
    assert converted(None, "date", last_day_included=True) is None


@given(st.floats() | st.integers())
def test_numbers_are_finite_or_nothing(value: float) -> None:
    found = number(pl.Series([str(value)])).to_list()[0]

    assert found == (float(value) if math.isfinite(float(value)) else None)


@pytest.mark.parametrize("text", ["seven", "1,5", "85 %%", "0x1A", "1_000", "--1", "inf", "NaN"])
def test_other_text_is_no_number(text: str) -> None:
    assert converted(text, "double") is None
    assert converted(text, "integer") is None


def test_integers_are_whole() -> None:
    assert converted("12.0", "integer") == 12
    assert converted("12.5", "integer") is None
    assert converted("1e300", "integer") is None


def test_booleans_know_their_words() -> None:
    assert [converted(t, "boolean") for t in ("TRUE", "Yes", "1", "f", "No", "0", "maybe")] == [
        True, True, True, False, False, False, None,
    ]  # fmt: skip


@given(st.text(BLANKS, max_size=3), st.text("abc ", max_size=5), st.text(BLANKS, max_size=3))
def test_blanks_of_any_kind_are_taken_off_both_ends(left: str, text: str, right: str) -> None:
    found = clean(pl.Series([left + text + right])).to_list()[0]

    assert found == (text.strip() or None)


@pytest.mark.parametrize("code", ["Weiß nicht", "N/A", "-", "ΣΑΣ", "not stated"])
def test_codes_are_met_in_any_letter_case(code: str) -> None:
    written = pl.Series([code, code.lower(), f" {code} "])

    assert clean(written, [code]).null_count() == 3
    assert recode(clean(written), {code: "missing"}).to_list() == ["missing"] * 3


@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
@given(moment=MOMENTS)
def test_each_names_the_period_the_program_has(period: str, moment: dt.datetime) -> None:
    day = moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    words = {"program": "p", "title": "P", "period": period, "start": day, "end": day,
             "metrics": [], "sources": []}  # fmt: skip
    (wanted,) = program_periods(Program.model_construct(**words), day)

    assert converted(f"{moment:%Y-%m-%dT%H:%M:%S}Z", "text", each=period) == wanted.id


def test_each_is_for_dates() -> None:
    assert converted("someday", "text", each="month") is None
    assert converted("03.04.2025", "text", each="month", format="%d.%m.%Y") == "2025-04"
