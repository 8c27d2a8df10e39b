"""Each guard on input or sample size: a panel that triggers it and a near miss that must not."""

import re
from pathlib import Path

import polars as pl
import pytest
from panels import panel

from pipelines.linkage import between
from pipelines.linkage.guards import CATALOGUE, Finding, deciding
from pipelines.linkage.refusals import REFUSALS

COUNTED = panel().with_columns(promoters=15, passives=15, detractors=10).with_columns(
    promoters=pl.col("promoters") + (pl.col("mean_c") > 0).cast(int),
    passives=pl.col("passives") - (pl.col("mean_c") > 0).cast(int),
).drop("mean_c", "var_c")  # fmt: skip


def codes(data: pl.DataFrame, severity: str, **options: object) -> list[str]:
    return between(data, **options).codes(severity)


def first(data: pl.DataFrame, column: str, value: float) -> pl.DataFrame:
    """The panel with one cell changed."""
    index = pl.int_range(pl.len())
    return data.with_columns(
        pl.when(index == 0).then(value).otherwise(pl.col(column)).alias(column)
    )


SCORE = pl.col("mean_e")


def in_period(changed: pl.Expr, data: pl.DataFrame | None = None) -> pl.DataFrame:
    """The panel with the employee score changed in one period."""
    at = pl.col("period_index") == 3
    data = panel() if data is None else data
    return data.with_columns(pl.when(at).then(changed).otherwise(SCORE).alias("mean_e"))


CASES = {
    "duplicate_keys": ("reject", pl.concat([panel(), panel().head(1)]), panel(), {}),
    "counts_do_not_add_up": ("reject", first(COUNTED, "promoters", 40), COUNTED, {}),
    "out_of_range": (
        "reject", first(panel(), "mean_e", 101.0), first(panel(), "mean_e", 100.0),
        {"x_bounds": (0, 100)},
    ),
    # in the near miss the level jumps but the spread does not: a real change of mood
    "scale_break": ("reject", in_period(SCORE / 20), in_period(SCORE - 60), {}),
    "identical_measures": (
        "reject", panel().with_columns(mean_c=pl.col("mean_e") * 2), panel(), {},
    ),
    "zero_variance": ("refuse", panel().with_columns(mean_e=50.0), panel(), {}),
    "one_voice_missing": (
        "refuse", panel().with_columns(mean_e=pl.lit(None, pl.Float64)),
        panel().with_columns(
            pl.when(pl.int_range(pl.len()) % 3 > 0).then(pl.col("mean_e")).alias("mean_e")
        ), {},
    ),
    "too_few_units": ("refuse", panel(19, 1), panel(20, 1), {}),
    "few_units": ("warn", panel(29, 1), panel(30, 1), {}),
    "few_clusters": ("refuse", panel(7, 5), panel(8, 5), {}),
    "one_cluster": ("refuse", panel(1, 40), panel(8, 5), {}),
    "responses_exceed_headcount": (
        "warn", first(panel(), "headcount", 11), first(panel(), "headcount", 12), {},
    ),
    "same_respondents": ("refuse", panel(), None, {"n_shared_respondents": 1}),
    "inverse_variance_weights": ("refuse", panel(), None, {"weights": "inverse_variance"}),
    "individual_level": (
        "refuse", panel().with_columns(n_e=1, n_c=1), panel().with_columns(n_e=2, n_c=2), {},
    ),
    "overlap_unknown": ("warn", panel(), None, {}),
    "too_good": ("warn", panel(noise=0.2, slope=4.0), panel(slope=0.3), {}),
    "ceiling": (
        "warn", panel().with_columns(mean_e=96 + SCORE / 50), panel(), {"x_bounds": (0, 100)},
    ),
    "nonresponse": (
        "warn", panel().with_columns(headcount=40), panel().with_columns(headcount=30), {},
    ),
    "scale_reversed": ("warn", in_period(120 - SCORE, panel(noise=0.2)), panel(noise=0.2), {}),
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_guard_fires_and_near_miss_does_not(code: str) -> None:
    severity, bad, near, options = CASES[code]
    assert code in codes(bad, severity, **options)
    if near is not None:
        assert code not in codes(near, severity, **options)


def test_dropped_rows_warn_above_a_fifth_and_are_noted_below() -> None:
    data = panel()
    index = pl.int_range(pl.len())
    third = data.with_columns(pl.when(index % 3 != 0).then("mean_e").alias("mean_e"))
    tenth = data.with_columns(pl.when(index % 10 != 0).then("mean_e").alias("mean_e"))
    assert "dropped_rows" in codes(third, "warn")
    assert "dropped_rows" in codes(tenth, "note")
    row = between(third).guards.filter(code="dropped_rows").row(0, named=True)
    assert (row["n_affected"], row["n_total"]) == (240, 720)


def test_rejected_input_refuses_every_row_and_keeps_counts() -> None:
    rows = between(pl.concat([panel(), panel().head(3)])).estimates
    assert set(rows["verdict"]) == {"refused"}
    assert set(rows["guard_code"]) == {"duplicate_keys"}
    assert rows["estimate"].null_count() == len(rows)
    assert rows["n_units"].null_count() == 0


def test_precedence_is_input_then_variance_then_units_then_clusters() -> None:
    order = ["duplicate_keys", "zero_variance", "too_few_units", "few_clusters", "low_reliability"]
    findings = [Finding(code=c, severity="refuse", message="") for c in reversed(order)]
    findings[-1] = Finding(code="duplicate_keys", severity="reject", message="")
    for place, code in enumerate(order):
        remaining = [f for f in findings if order.index(f.code) >= place]
        assert deciding(remaining).code == code


def test_every_guard_names_its_next_step() -> None:
    assert all(step.endswith(".") for _, step in CATALOGUE.values())


def test_reversed_scale_needs_twenty_units() -> None:
    assert "scale_reversed" not in codes(in_period(120 - SCORE, panel(19, 1, noise=0.2)), "warn")


def test_the_guard_page_lists_every_code_and_next_step() -> None:
    page = (Path(__file__).parents[3] / "docs" / "methods" / "guards.md").read_text()
    for code, (guard_id, next_step) in CATALOGUE.items():
        assert f"| {guard_id} | `{code}` |" in page and next_step in page


def test_every_refusal_has_its_sentence() -> None:
    source = "".join(
        path.read_text() for path in (Path(__file__).parents[3] / "pipelines/linkage").glob("*.py")
    )
    refusing = set(re.findall(r'code="(\w+)",\s*severity="(?:refuse|reject)"', source))
    assert refusing - set(REFUSALS) == set()
