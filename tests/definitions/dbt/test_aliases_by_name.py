"""Aliases whose unit is told by name, or is none: what they map, and what is said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import duckdb
import pytest

from pipelines import warehouse
from pipelines.declarations import ALIASES_SCHEMA
from pipelines.idle_aliases import idle_aliases
from pipelines.program.aliases import Alias
from pipelines.unit_references import reference_key
from tests.unit.connectors.homes import program, source

LISTED = "source varchar, batch varchar, valid_from date, valid_to date, "
TABLES = {
    "raw.declared_settings": "setting varchar, value_text varchar",
    "raw.declared_aliases": ", ".join(f"{name} varchar" for name in ALIASES_SCHEMA),
    "raw.unit_references": "unit_level varchar, reference varchar, reference_key varchar, "
    "n_rows bigint",
    "staging.stg_units": f"{LISTED} unit_level varchar, unit_ref varchar, unit_name varchar, "
    "parent_ref varchar",
    "staging.stg_unit_aliases": f"{LISTED} alias_level varchar, alias varchar, unit_ref varchar",
    "intermediate.int_manager_teams": "team_id varchar, location_id varchar, region_id varchar",
}
MODELS = (
    "int_unit_references_found", "int_unit_aliases_approved", "int_unit_references_resolved",
)  # fmt: skip
UNITS = {"L1": "Harbour Street", "L2": "Mill", "L3": "Mill"}
WRITTEN = ("Docks", "Habour Street", "Harbour Street", "Mill", "Pier")


@pytest.fixture
def company(views: Callable[..., duckdb.DuckDBPyConnection]) -> Callable[..., tuple]:
    """What a name stands for, and what is said, where aliases map names to units."""

    def resolve(unknown: str, **aliases: str) -> tuple[dict[str, str | None], list[str]]:
        con = views(TABLES, MODELS)
        told = [Alias("location", name.replace("_", " "), unit, "Ada", dt.date(2025, 1, 1))
                for name, unit in aliases.items()]  # fmt: skip
        con.execute("insert into raw.declared_settings values ('unknown_references', ?)", [unknown])
        names = dict.fromkeys(WRITTEN, 1)
        for alias in told:
            con.execute("insert into raw.declared_aliases values ('location', ?, ?, null, null)",
                        [alias.alias, alias.unit_ref])  # fmt: skip
            names |= {name: names.get(name, 0) for name in (alias.alias, alias.unit_ref)}
        for code, name in UNITS.items():
            con.execute("insert into staging.stg_units (unit_level, unit_ref, unit_name)"
                        " values ('location', ?, ?)", [code, name])  # fmt: skip
            names |= {text: names.get(text, 0) for text in (code, name)}
        rows = [(name, reference_key(name, False), n) for name, n in names.items()]
        con.executemany("insert into raw.unit_references values ('location', ?, ?, ?)", rows)
        found = con.execute("select reference, canonical_ref from"
                            " intermediate.int_unit_references_resolved").fetchall()  # fmt: skip
        return dict(found), idle_aliases(con, told, program(source()))

    return resolve


def test_the_name_of_a_unit_is_as_good_as_its_code(company) -> None:
    found, said = company("count", Habour_Street="HARBOUR street", Docks="l1")
    assert (found["Habour Street"], found["Docks"], found["HARBOUR street"]) == ("L1",) * 3
    assert said == []


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("Mill", "several units are called 'Mill'; give the code of one"),
        ("Harbor Street", "no location is called 'Harbor Street'; close: 'Harbour Street'"),
        ("Nowhere", "no location is called 'Nowhere'"),
        ("Pier", "no location is called 'Pier'"),
    ],
)
def test_an_alias_without_one_unit_makes_none_and_is_told(company, unit: str, said: str) -> None:
    found, idle = company("count", Docks=unit)
    assert found["Docks"] is None
    assert set(found.values()) <= {None, *UNITS}
    assert idle == [f"alias 'Docks' (location) does nothing: {said}"]


def test_an_alias_of_an_alias_is_told_with_the_unit(company) -> None:
    found, idle = company("count", Docks="Quay", Quay="L2")
    assert (found["Docks"], found["Quay"]) == (None, "L2")
    assert idle == ["alias 'Docks' (location) does nothing: 'Quay' is an alias itself; give its "
                    "unit, 'L2'"]  # fmt: skip


def test_a_name_of_two_units_is_settled_and_one_of_a_unit_goes_first(company) -> None:
    found, idle = company("count", Mill="L3", Harbour_Street="L2")
    assert (found["Mill"], found["Harbour Street"]) == ("L3", "L1")
    assert idle == ["alias 'Harbour Street' (location) does nothing: it is the name of 'L1', "
                    "which goes first"]  # fmt: skip


def test_where_units_need_no_list_only_what_looks_misspelt_is_told(company) -> None:
    found, idle = company("adopt", Pier="Beach", Docks="Harbor Street")
    assert (found["Pier"], found["Docks"]) == ("Beach", "Harbor Street")
    assert [line.partition(": ")[2] for line in idle] == [
        "no location is called 'Harbor Street'; close: 'Harbour Street', 'Habour Street'"
    ]


def test_nothing_is_said_before_a_run_has_come_to_the_units() -> None:
    with duckdb.connect() as con:
        assert idle_aliases(con, [], program(source())) == []
        assert not warehouse.has_table(con, "intermediate.int_unit_references_resolved")
