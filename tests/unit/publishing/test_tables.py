"""Audiences and dictionary agree with each other."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.linkage.estimates import ESTIMATES_SCHEMA, GUARDS_SCHEMA
from pipelines.publishing.audiences import AUDIENCES, JOINT, PUBLISHED_TABLES
from pipelines.publishing.dictionary import data_dictionary
from pipelines.publishing.dictionary_texts import COLUMNS, TABLES


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
