"""Cells of earlier releases under their ids of today: what is told twice is compared."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.privacy.mask import publication_mask
from pipelines.publishing.renamed import DIMENSIONS, Meanings, Today
from tests.unit.privacy.release_files import answers, world
from tests.unit.privacy.test_disclosure import released_cells
from tests.unit.privacy.worlds import ANSWER_SCALES, METRICS

THEN = world([*answers("A", "Bergen", 20), *answers("B", "Bergen", 14)])
NOW = world([*answers("A", "Bergen", 21), *answers("B", "Bergen", 14)])


def dimensions(team: str = "T1", period: str = "m1", metric: str = "engagement") -> dict:
    """The four tables of a company of one team."""
    return {
        "dim_metrics": pl.DataFrame({
            "metric_id": [metric, "pride"], "voice": "employee", "metric_kind": "mean",
            "items": ["q1, q2", "q3"], "top_box_from": [None, None],
        }, schema_overrides={"top_box_from": pl.Float64}),
        "periods": pl.DataFrame({"period_id": [period], "period_start": [dt.date(2025, 1, 1)],
                                 "period_end": [dt.date(2025, 1, 31)]}),
        "dim_units": pl.DataFrame({"unit_id": [f"{team}@Bergen"], "team_id": [team],
                                   "team_name": ["Advice"], "location_id": ["Bergen"]}),
        "dim_locations": pl.DataFrame({"location_id": ["Bergen"], "location_name": ["Bergen"],
                                       "region_id": ["R"], "region_name": ["West"]}),
    }  # fmt: skip


def today(then: dict, now: dict) -> Today:
    return Today.of(Meanings.of(then), Meanings.of(now))


def test_what_came_back_under_another_id_bears_the_id_of_today() -> None:
    found = today(dimensions(), dimensions("K7", "wave 1", "staff"))
    assert found.metric_id == {"engagement": "staff"}
    assert found.period_id == {"m1": "wave 1"}
    cells = pl.DataFrame({
        "unit_level": ["unit", "team", "location"], "unit_id": ["T1@Bergen", "T1", "Bergen"],
        "period_id": "m1", "metric_id": ["engagement", "pride", "engagement"],
        "team_id": ["T1", None, None],
    })  # fmt: skip
    assert found.cells(cells).rows() == [
        ("unit", "K7@Bergen", "wave 1", "staff", "K7"),
        ("team", "K7", "wave 1", "pride", None),
        ("location", "Bergen", "wave 1", "staff", None),
    ]


def test_a_code_that_is_still_there_is_the_same_place_and_a_name_of_two_is_none() -> None:
    both = dimensions()
    both["dim_units"] = pl.concat([both["dim_units"], dimensions("K7")["dim_units"]])
    assert today(dimensions(), both).places["team"] == {}
    assert today(both, dimensions("K8")).places["team"] == {}
    assert today(dimensions(), dimensions()) == (
        {},
        {},
        {"team": {}, "location": {}, "region": {}},
        {},
    )


@pytest.mark.parametrize("metric", ["engagement", "engagement_before"])
def test_one_late_answer_is_not_told_by_a_metric_of_another_name(metric: str) -> None:
    """A of 20 and A of 21 answers would tell the twenty-first, whatever the metric was called."""
    earlier = released_cells(THEN).filter(metric_id="engagement").with_columns(
        metric_id=pl.lit(metric)
    )  # fmt: skip
    renamed = today(dimensions(metric=metric), dimensions()).cells(earlier)
    one = NOW.cells.filter(metric_id="engagement")
    mask = publication_mask(
        one,
        NOW.privacy,
        METRICS,
        NOW.places,
        earlier=renamed,
        answer_scales=ANSWER_SCALES,
        asked_together=[],
    )
    reasons = dict(mask.filter(unit_level="unit").select("unit_id", "reason_code").iter_rows())
    assert reasons == {"A@Bergen": "earlier_release", "B@Bergen": "released"}


def test_meanings_are_read_from_the_marts_and_from_a_release(tmp_path: Path) -> None:
    tables = dimensions()
    folder = tmp_path / "shared" / "parquet"
    folder.mkdir(parents=True)
    for name in DIMENSIONS:
        assert Meanings.of_release(tmp_path) is None, "a table is missing"
        tables[name].write_parquet(folder / f"{name}.parquet")
    with duckdb.connect() as con:
        con.sql("create schema marts; create schema raw; create schema intermediate")
        con.sql("create table intermediate.int_question_scales (item_code varchar,"
                " scale_min double, scale_max double, direction varchar, is_whole boolean,"
                " is_single boolean)")  # fmt: skip
        for name, table in tables.items():
            con.register("given", table)
            con.sql(f"create table marts.{name} as from given")
        con.sql("alter table marts.dim_metrics drop items")
        con.sql("create table raw.declared_metrics as"
                " select metric_id, top_box_from from marts.dim_metrics")  # fmt: skip
        con.sql("alter table marts.dim_metrics drop top_box_from")
        con.sql("create table raw.declared_metric_items as from (values ('engagement', 'q2'),"
                " ('engagement', 'q1'), ('pride', 'q3')) as v (metric_id, item_code)")  # fmt: skip
        assert Meanings.of_today(con) == Meanings.of_release(tmp_path)


def test_a_release_that_did_not_tell_its_items_keeps_its_metrics() -> None:
    tables = dimensions()
    tables["dim_metrics"] = tables["dim_metrics"].drop("items", "top_box_from")
    assert today(tables, dimensions(metric="staff")).metric_id == {}
