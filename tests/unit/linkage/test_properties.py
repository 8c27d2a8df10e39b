"""What must hold for every estimator: columns, order, labels, words, determinism."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import get_args

import numpy as np
import polars as pl
import pytest
from panels import panel
from reports import ESTIMATORS, ITEMS, rich_panel, usual

from pipelines.linkage import (
    COMPANION_SCHEMAS,
    ESTIMATES_SCHEMA,
    GUARDS_SCHEMA,
    Options,
    Settings,
    between,
    combine,
)
from pipelines.linkage.companions import MADE_BY
from pipelines.linkage.estimates import KEY_COLUMNS, VERDICTS
from pipelines.program.questions import Estimand

NAMES = list(ESTIMATORS)
DATA = rich_panel()


@pytest.mark.parametrize("name", NAMES)
def test_columns_vocabulary_and_keys(name: str) -> None:
    result = usual(name)
    rows = result.estimates
    assert dict(rows.schema) == ESTIMATES_SCHEMA
    assert dict(result.guards.schema) == GUARDS_SCHEMA
    assert len(rows) > 0
    assert set(rows["estimand"]) <= set(get_args(Estimand))
    assert set(rows["verdict"].drop_nulls()) <= set(VERDICTS)
    assert not rows.select(pl.struct(*KEY_COLUMNS).is_duplicated().any()).item()
    for table, frame in result.companions.items():
        assert list(COMPANION_SCHEMAS[table].items()) == list(frame.schema.items())[4:]
        assert set(rows["estimand"]) == {MADE_BY[table]}
    for column in rows.select(pl.col(pl.Float64)).iter_columns():
        assert not column.is_nan().any(), column.name


def test_options_are_the_settings() -> None:
    assert set(Options.__annotations__) == {field.name for field in fields(Settings)}


def test_every_companion_table_is_made_by_one_estimand() -> None:
    made = {table for name in NAMES for table in usual(name).companions}
    assert made == set(MADE_BY) == set(COMPANION_SCHEMAS)


@pytest.mark.parametrize("name", NAMES)
def test_order_of_rows_does_not_matter(name: str) -> None:
    first = usual(name)
    mixed = ESTIMATORS[name](DATA.sample(fraction=1, shuffle=True, seed=5))
    assert mixed.estimates.equals(first.estimates)
    assert mixed.guards.equals(first.guards)
    for table, frame in first.companions.items():
        assert mixed.companions[table].equals(frame)


@pytest.mark.parametrize("name", NAMES)
def test_same_seed_same_result(name: str) -> None:
    assert ESTIMATORS[name](DATA).estimates.equals(usual(name).estimates)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_units_and_locations_do_not_matter(name: str) -> None:
    renamed = DATA.with_columns(
        ("z" + pl.col("unit_id").str.reverse()).alias("unit_id"),
        ("z" + pl.col("location_id").str.reverse()).alias("location_id"),
    )
    first, second = usual(name), ESTIMATORS[name](renamed)
    tables = [(first.estimates, second.estimates)]
    tables += [(first.companions[t], second.companions[t]) for t in first.companions]
    for ours, theirs in tables:
        assert len(ours) == len(theirs)
        for column in ours.select(pl.col(pl.Float64)).columns:
            a, b = (f[column].fill_null(-1.0).to_numpy() for f in (ours, theirs))
            np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9, err_msg=column)
        for column in ours.select(pl.col(pl.String)).columns:
            assert ours[column].to_list() == theirs[column].to_list(), column


POWER_OF_X = {"slope": -1, "curvature": -2, "change": -1}
"""How an effect goes with the unit of the employee score; all others have none of it."""
UNITS_OF_X = ("threshold", "MSB", "MSW")


@pytest.mark.parametrize("name", NAMES)
def test_shift_and_scale_of_the_employee_score(name: str) -> None:
    items = [pl.col(q) * 4 - 50 for q in ITEMS]
    moved = DATA.with_columns(pl.col("mean_e") * 4 - 50, pl.col("var_e") * 16, *items)
    rows = [
        r.filter(~pl.col("component").is_in(UNITS_OF_X) & pl.col("estimate").is_not_null())
        for r in (usual(name).estimates, ESTIMATORS[name](moved).estimates)
    ]
    assert rows[0]["verdict"].to_list() == rows[1]["verdict"].to_list()
    powers = [
        -1 if "spline" in row["term"]  # its bend is in units of x, that of x squared is not
        else -2 if row["component"] == "tau2" else POWER_OF_X.get(row["effect_type"], 0)
        for row in rows[0].iter_rows(named=True)
    ]  # fmt: skip
    factor = 4.0 ** np.array(powers)
    for column in ("estimate", "conf_low", "conf_high", "p_value"):
        first, second = (r[column].fill_null(0.0).to_numpy() for r in rows)
        wanted = first if column == "p_value" else first * factor
        np.testing.assert_allclose(second, wanted, rtol=1e-6, atol=1e-9, err_msg=column)


@pytest.mark.parametrize("name", NAMES)
def test_sentences_are_whole_and_name_no_cause(name: str) -> None:
    for sentence in usual(name).estimates["sentence"]:
        low = sentence.lower()
        assert sentence.endswith(".") and "None" not in sentence and "nan" not in low.split()
        assert "_id" not in sentence and "(index)" not in sentence, sentence
        assert not re.search(r"\b1 (units|groups|periods|locations|regions)\b", sentence), sentence
        for word in ("cause it", "impact", "leads to", "drives", "because of", "results in"):
            assert word not in low


@pytest.mark.parametrize("name", NAMES)
def test_rejected_input_refuses_every_estimand(name: str) -> None:
    doubled = pl.concat([DATA, DATA.head(2)])
    rows = ESTIMATORS[name](doubled).estimates
    assert set(rows["verdict"]) == {"refused"}
    assert set(rows["guard_code"]) == {"duplicate_keys"}
    assert rows["estimate"].null_count() == len(rows)


@pytest.mark.parametrize("name", NAMES)
def test_tiny_empty_and_constant_panels_are_rows_not_errors(name: str) -> None:
    for data in (
        DATA.head(3),
        DATA.head(0),
        DATA.with_columns(mean_e=50.0, q1=1.0, q2=1.0, q3=1.0),
    ):
        rows = ESTIMATORS[name](data).estimates
        assert len(rows) > 0
        tested = rows.filter(pl.col("p_value").is_not_null())
        assert len(tested) == 0, tested.select("component", "effect_type", "p_value")


def test_a_whole_report_is_one_family() -> None:
    report = combine([run(DATA) for name, run in ESTIMATORS.items() if name != "within_unknown"])
    tested = report.estimates.filter(pl.col("p_value").is_not_null())
    per_question = tested.group_by("question_id").agg(
        pl.col("p_value", "q_value", "verdict").n_unique()
    )
    assert per_question.select(pl.col("p_value", "q_value").max()).row(0) == (1, 1)
    assert (tested["q_value"] >= tested["p_value"] - 1e-15).all()


SCRIPT = """
import sys; sys.path.insert(0, {folder!r})
from reports import ESTIMATORS, rich_panel
data = rich_panel()
for estimate in ESTIMATORS.values():
    result = estimate(data)
    for table in (result.estimates, *result.companions.values()):
        print(table.hash_rows(1).sum())
"""


def test_number_of_threads_does_not_matter() -> None:
    outputs = set()
    for threads in ("1", "2"):
        names = ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        script = SCRIPT.format(folder=str(Path(__file__).parent))
        outputs.add(subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True,
            check=True, cwd=Path(__file__).parents[3],
        ).stdout)  # fmt: skip
    assert len(outputs) == 1


def test_importing_the_statistics_loads_no_heavy_library() -> None:
    script = (
        "import sys, pipelines.linkage; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & "
        "{'pandas', 'statsmodels', 'dagster', 'pingouin', 'scipy.stats'}))"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert found.stdout.strip() == "[]"


def test_segment_and_window_are_part_of_the_key() -> None:
    keys = {
        between(panel(), window_id=w, segment_by="kind", segment=s).estimates["question_id"][0]
        for w in ("a", "b")
        for s in ("x", "y")
    }
    assert len(keys) == 4
