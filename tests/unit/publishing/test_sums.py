"""Totals that hold more than their parts, beside a count by hand."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from pipelines.publishing.sums import partial_sums
from tests.unit.privacy.release_files import VOICES
from tests.unit.privacy.release_files import partial_sums as by_hand
from tests.unit.privacy.worlds import METRICS, World, make_world


def marts(made: World, cells: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema marts")
    units = [(u, t, loc) for u, (t, loc) in made.places.units.items()]
    found = {
        "unit_period_metrics": cells,
        "dim_units": pl.DataFrame(units, ["unit_id", "team_id", "location_id"], orient="row"),
        "dim_locations": pl.DataFrame(
            list(made.places.regions.items()), ["location_id", "region_id"], orient="row"
        ),
        "dim_metrics": pl.DataFrame(
            [(m.id, m.voice, -100.0 if m.kind == "net_promoter" else 0.0, 100.0) for m in METRICS],
            ["metric_id", "voice", "value_min", "value_max"], orient="row",
        ),
        "unit_period_participation": pl.DataFrame(
            schema={"survey": pl.String, "unit_level": pl.String, "unit_id": pl.String,
                    "period_id": pl.String, "n_responded": pl.Int64}
        ),
    }  # fmt: skip
    for name, frame in found.items():
        con.register("frame", frame)
        con.execute(f"create table marts.{name} as from frame")
    return con


@pytest.mark.parametrize("seed", [0, 13, 33, 37, 43])
def test_as_counted_by_hand(seed: int) -> None:
    made = make_world(seed)
    told = partial_sums(marts(made, made.cells))
    assert told == {voice: ", ".join(sorted(by_hand(made, voice))) for voice in VOICES}


def test_a_survey_may_be_named_as_a_metric() -> None:
    made = make_world(0)
    con = marts(made, made.cells)
    con.execute(
        "insert into marts.unit_period_participation select metric_id, unit_level, unit_id,"
        " period_id, n_responses from marts.unit_period_metrics where metric_id = 'engagement'"
    )
    assert partial_sums(con) == partial_sums(marts(made, made.cells))


def test_a_total_of_fewer_than_its_parts_is_no_sum() -> None:
    made = make_world(0)
    at = (pl.col("unit_level") == "company") & (pl.col("metric_id") == "nps")
    n = pl.when(at).then(1).otherwise("n_responses")
    told = partial_sums(marts(made, made.cells.with_columns(n_responses=n)))
    assert "team of company (no sum)" in told["customer"]
    assert "(no sum)" not in told["employee"]
