"""Spellings of a unit that meet, and those that must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.raw import reference_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L001", "L1"), ("L001", "l001 "), ("0012", "12"), ("store 0007", "Store\u00a07"),
        ("KES-07", "kes\u20137"), ("TOR - 122", "TOR\u2011122"), ("A  B", "a b"), ("000", "0"),
        ("\uff2c1", "L01"), ("Nord\u200bstadt", "NORDSTADT"), ("T-007-02", "t-7-2"),
    ],
)  # fmt: skip
def test_spellings_of_one_unit_meet(one: str, other: str) -> None:
    assert reference_key(one, strip_leading_zeros=True) == reference_key(other, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [("L10", "L1"), ("L100", "L1"), ("1.05", "1.5"), ("L1", "M1"), ("A B", "AB"), ("2010", "21")],
)
def test_different_units_stay_apart(one: str, other: str) -> None:
    assert reference_key(one, strip_leading_zeros=True) != reference_key(other, True)


def test_zeros_count_unless_the_program_says_otherwise() -> None:
    assert reference_key("L001", False) == "l001"
    assert reference_key("0012", False) != reference_key("12", False)


@given(st.text(max_size=12), st.booleans())
def test_normalising_twice_changes_nothing_that_matters(text: str, strip: bool) -> None:
    once = reference_key(text, strip)
    if text.isascii():
        assert reference_key(once, strip) == once
    assert once == once.strip()
    assert bool(once) or not text.strip("\u200b\u00ad\ufeff \t\n") or not text.isprintable()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Malm\u00f6", "MALMO"), ("Z\u00fcrich", "Zu\u0308rich"), ("Ath\u00edna", "Athina")],
)
def test_accents_do_not_part_latin_names(one: str, other: str) -> None:
    assert reference_key(one, False) == reference_key(other, False)


@pytest.mark.parametrize(
    ("one", "other"), [("\u304b", "\u304c"), ("\u0438", "\u0439"), ("\u0915", "\u0915\u093f")]
)
def test_marks_that_make_other_letters_stay(one: str, other: str) -> None:
    assert reference_key(one, False) != reference_key(other, False)
