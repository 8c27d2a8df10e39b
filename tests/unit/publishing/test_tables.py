"""Audiences and dictionary agree with each other; small groups beside the estimates are hidden."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from pipelines.linkage.companions import COMPANION_SCHEMAS, KEYS
from pipelines.linkage.estimates import ESTIMATES_SCHEMA, GUARDS_SCHEMA
from pipelines.publishing.audiences import AUDIENCES, JOINT, PUBLISHED_TABLES
from pipelines.publishing.dictionary import data_dictionary
from pipelines.publishing.dictionary_texts import COLUMNS, TABLES
from pipelines.publishing.tables import (
    _attribution,
    _companion,
    _participation,
    _places_with_hidden_feedback,
    without_small_groups,
)


def test_every_published_table_is_described() -> None:
    assert set(TABLES) == set(PUBLISHED_TABLES)


def test_no_audience_sees_the_tables_of_the_other_voice() -> None:
    assert not any(t.startswith("customer_") or t == "attribution_summary" for t in AUDIENCES["hr"])
    assert not any(t.startswith("employee_") or "participation" in t for t in AUDIENCES["cx"])
    assert set(AUDIENCES["shared"]) == set(JOINT) == set(AUDIENCES["hr"]) & set(AUDIENCES["cx"])


@pytest.mark.parametrize(
    ("table", "schema"),
    [("linkage_estimates", ESTIMATES_SCHEMA), ("linkage_guards", GUARDS_SCHEMA)],
)
def test_every_column_of_the_result_tables_is_described(table: str, schema: dict) -> None:
    assert set(schema) <= set(COLUMNS[table])


def test_a_column_nobody_describes_is_an_error() -> None:
    frames = {"periods": pl.DataFrame({"period_id": ["2025-01"], "mystery": [1]})}
    with pytest.raises(KeyError, match="mystery"):
        data_dictionary(frames, {"periods": {"period_id": "Id of the period."}})


def test_dictionary_takes_the_words_of_the_marts() -> None:
    frames = {"employee_unit_period_metrics": pl.DataFrame({"value": [1.0], "reason_code": ["x"]})}
    found = data_dictionary(frames, {"unit_period_metrics": {"value": "Score of the cell."}})
    rows = found.filter(table_name="employee_unit_period_metrics")
    assert rows["column_description"].to_list()[0] == "Score of the cell."
    assert rows["audiences"].to_list() == ["hr", "hr"]


def groups(sizes: list[int | None], question: str = "q") -> pl.DataFrame:
    """A companion table with one number per group."""
    return pl.DataFrame({
        "question_id": question,
        "bin": list(range(1, len(sizes) + 1)),
        "n_units": pl.Series(sizes, dtype=pl.Int64),
        "mean_y": [float(i) for i in range(len(sizes))],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([10, 30, 30], [1, 2, 3]),
        # one small group alone could be worked out from the others: the next smallest goes too
        ([9, 40, 30], [2]),
        ([9, 30, 30, 30], [3, 4]),
        ([4, 3, 30, 20], [3]),
        # two that hold enough together hide each other
        ([9, 30, 5, 30], [2, 4]),
        # an empty group hides nobody
        ([0, 30, None, 30], [2, 4]),
        ([9], []),
    ],
)
def test_small_groups_are_hidden_and_cannot_be_worked_out(
    sizes: list[int | None], shown: list[int]
) -> None:
    found = without_small_groups(groups(sizes), 10)
    assert found["bin"].to_list() == list(range(1, len(sizes) + 1))
    for column in ("n_units", "mean_y"):
        assert found.filter(pl.col(column).is_not_null())["bin"].to_list() == shown


def test_questions_are_hidden_each_by_itself() -> None:
    found = without_small_groups(pl.concat([groups([9, 30, 20], "a"), groups([10, 30], "b")]), 10)
    assert found["n_units"].to_list() == [None, 30, None, 10, 30]


@pytest.fixture
def linkage() -> Iterator[duckdb.DuckDBPyConnection]:
    """Period slopes of an answered and a refused question; 19 units in the second period."""
    con = duckdb.connect()
    con.execute("create schema linkage; create schema marts")
    con.execute(
        "create table linkage.linkage_estimates as"
        " select 'answered' as question_id, 0.5 as estimate union all select 'refused', null"
    )
    con.execute(
        "create table linkage.linkage_period_slopes as select question_id, 'pooled' as window_id,"
        " 'x' as x_measure, 'y' as y_measure, period_index, cast(0.51234 as double) as slope,"
        " 0.1 as std_error, cast(null as double) as refit_slope,"
        " cast(null as double) as refit_std_error, cast(null as double) as refit_z,"
        " false as is_alert"
        " from (values ('answered'), ('refused')) as a(question_id), range(1, 5) as b(period_index)"
    )
    con.execute(
        "create table marts.linkage_panel as select 'x__y' as pair_id, 'x' as x_metric_id,"
        " 'y' as y_metric_id, 'u' || u as unit_id, period_index, 'released' as x_status,"
        " case when period_index = 2 and u = 0 then 'below_threshold' else 'released' end"
        " as y_status from range(24) as a(u), range(1, 5) as b(period_index)"
        " where u < 18 + period_index"
    )
    yield con
    con.close()


def test_slopes_of_periods_with_few_units_and_of_refused_questions_are_not_released(
    linkage: duckdb.DuckDBPyConnection,
) -> None:
    # units with both scores: 19, 19, 21, 22; the first two hide each other
    found = _companion(linkage, "linkage_period_slopes")
    assert found.columns == [*KEYS, *COMPANION_SCHEMAS["linkage_period_slopes"]]
    assert found["question_id"].unique().to_list() == ["answered"]
    assert dict(found.select("period_index", "slope").iter_rows()) == {
        1: None, 2: None, 3: 0.512, 4: 0.512,
    }  # fmt: skip
    assert found["std_error"].null_count() == 2


def test_a_period_is_not_hidden_alone(linkage: duckdb.DuckDBPyConnection) -> None:
    linkage.execute(
        "insert into marts.linkage_panel select * replace ('u99' as unit_id)"
        " from marts.linkage_panel where period_index = 1 and unit_id = 'u0'"
    )
    # units with both scores: 20, 19, 21, 22
    found = _companion(linkage, "linkage_period_slopes")
    assert dict(found.select("period_index", "slope").iter_rows()) == {
        1: None, 2: None, 3: 0.512, 4: 0.512,
    }  # fmt: skip


def test_a_group_in_which_nobody_answered_has_no_response_rate() -> None:
    # the others less the whole would be none: no answer of a group that seems to be hidden
    con = duckdb.connect()
    for schema in ("marts", "raw"):
        con.execute(f"create schema {schema}")
    con.execute(
        "create table marts.unit_period_participation as"
        " select *, 'pulse' as survey, n_responded / n_invited as response_share"
        " from (values ('team', 'a', 'p1', 9, 6), ('unit', 'a@x', 'p1', 6, 6),"
        " ('unit', 'a@y', 'p1', 3, 0), ('unit', 'b@x', 'p1', 30, 2))"
        " as a(unit_level, unit_id, period_id, n_invited, n_responded)"
    )
    con.execute(
        "create table marts.publication_mask as select unit_level, unit_id, period_id,"
        " 'x' as metric_id, n_responded >= 5 as is_released"
        " from marts.unit_period_participation where n_responded > 0"
    )
    con.execute("create table marts.dim_metrics as select 'x' as metric_id, 'employee' as voice")
    con.execute(
        "create table raw.declared_settings as"
        " select 'threshold_employee' as setting, '5' as value_text"
    )
    found = _participation(con)
    columns = ("unit_id", "n_responded", "reason_code")
    told = {unit: (n, reason) for unit, n, reason in found.select(columns).iter_rows()}
    assert told == {"a": (6, "released"), "a@x": (6, "released"), "b@x": (None, "withheld")}


def test_the_share_of_feedback_is_not_told_where_the_location_is_hidden() -> None:
    # its units are shown: 30 answers are .94 of 32, so two came that reach no unit
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        "create table marts.publication_mask as select *, 'p1' as period_id, 'nps' as metric_id"
        " from (values ('unit', 'a@x', 'released'), ('location', 'x', 'earlier_release'),"
        " ('unit', 'b@y', 'released'), ('location', 'y', 'released'),"
        " ('unit', 'a@z', 'complementary'), ('location', 'z', 'released'))"
        " as a(unit_level, unit_id, reason_code)"
    )
    con.execute(
        "create table marts.dim_units as select *"
        " from (values ('a@x', 'x'), ('b@y', 'y'), ('a@z', 'z')) as a(unit_id, location_id)"
    )
    con.execute("create table marts.dim_metrics as select 'nps' as metric_id, 'customer' as voice")
    found = _places_with_hidden_feedback(con)
    assert sorted(found["location_id"]) == ["x", "z"]


def test_counts_of_rows_leave_as_many_counts_of_records_as_are_promised() -> None:
    # a form of five questions: each record is five rows
    con = duckdb.connect()
    for schema in ("marts", "raw"):
        con.execute(f"create schema {schema}")
    con.execute(
        "create table marts.attribution_summary as select 'customer' as voice, 'p' as period_id,"
        " 'c' || n as channel, 'location' as attribution_method, 'attributed' as remainder_reason,"
        " n * 5 as n_rows, 0 as n_rows_in_unit from range(60) as a(n)"
    )
    con.execute(
        "create table raw.declared_settings as"
        " select 'threshold_customer' as setting, '5' as value_text"
    )
    con.execute(
        "create table raw.feedback_forms as"
        " select ['nps', 'ease', 'speed', 'staff', 'price'] as item_codes, 60 as n_events"
    )
    alike = _attribution(con).group_by("n_rows").len().sort("n_rows")
    assert alike.slice(1)["len"].head(-1).min() >= 4
