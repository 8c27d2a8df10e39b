"""The program's alias table: what is written is read back, and mistakes name their row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import CrossvoiceError
from pipelines.program.aliases import COLUMNS, Alias, add_aliases, read_aliases
from pipelines.unmatched import Proposal, Unmatched, likeness

NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1).map(str.strip).filter(bool)
ALIASES = st.builds(Alias, st.sampled_from(["team", "location"]), NAMES, NAMES, NAMES, st.dates())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ALIASES, max_size=5), st.lists(ALIASES, max_size=5))
def test_approvals_are_kept_and_the_later_one_holds(
    tmp_path_factory: pytest.TempPathFactory, first: list[Alias], second: list[Alias]
) -> None:
    folder = tmp_path_factory.mktemp("program")
    add_aliases(folder, first)
    add_aliases(folder, second)
    expected = {(a.alias_level, a.alias): a for a in [*first, *second]}
    assert {(a.alias_level, a.alias): a for a in read_aliases(folder)} == expected


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("store,Old Town,S1,Ada,2025-01-01", "alias_level is 'store'"),
        ("location,,S1,Ada,2025-01-01", "alias is blank"),
        ("location,Old Town,S1,Ada,yesterday", "approved_at is no date"),
        ("location,Old Town,S1", "approved_by is blank"),
    ],
)
def test_a_mistake_names_its_row(tmp_path: Path, row: str, wanted: str) -> None:
    (tmp_path / "aliases.csv").write_text(
        f"{','.join(COLUMNS)}\nteam,A,B,Ada,2025-01-01\n{row}\n"
    )
    with pytest.raises(CrossvoiceError, match=wanted) as caught:
        read_aliases(tmp_path)
    assert caught.value.where.endswith("aliases.csv:3")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "aliases.csv").write_text("alias,unit_ref\n")
    with pytest.raises(CrossvoiceError, match="no column 'alias_level'"):
        read_aliases(tmp_path)


@given(NAMES, NAMES)
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


def test_two_units_as_alike_leave_no_best_one() -> None:
    rivals = (Proposal("L1", "North 1", 0.96), Proposal("L2", "North l", 0.94))
    name = Unmatched("customer", "location", "North", 1, 9, "unknown", rivals)
    assert name.best is None
    assert Unmatched("customer", "location", "North", 1, 9, "unknown", rivals[:1]).best == rivals[0]


def test_other_numbers_are_other_units() -> None:
    assert likeness("Store 12", "Store 13") < 0.6 < likeness("Store 012", "store-12")


def test_day_of_approval_is_kept(tmp_path: Path) -> None:
    day = dt.date(2025, 1, 31)
    add_aliases(tmp_path, [Alias("team", "A", "B", "Ada", day)])
    assert read_aliases(tmp_path)[0].approved_at == day
