"""The planted truth is really in the data."""

import numpy as np
import polars as pl
import pytest

from pipelines.demo import parameters as p
from tests.unit.demo.written import Company


def unit_means(cells: pl.DataFrame, x: str, y: str) -> pl.DataFrame:
    centred = cells.with_columns(
        pl.col(name) - pl.col(name).mean().over("month") for name in (x, y)
    )
    return centred.group_by("team_code", "location_code").agg(pl.col(x).mean(), pl.col(y).mean())


def slope(units: pl.DataFrame) -> float:
    x, y = units[:, 2].to_numpy(), units[:, 3].to_numpy()
    return float(np.cov(x, y)[0, 1] / x.var(ddof=1))


@pytest.mark.parametrize(
    ("metric", "column"),
    [
        ("nps", "true_nps"),
        ("csat_top_box_pct", "true_csat_top_box_pct"),
        ("ces_mean", "true_ces_mean"),
    ],
)
def test_between_truth_follows_from_the_cells(default: Company, metric: str, column: str) -> None:
    cells = default.table("truth_cells.parquet")
    promised = default.truth["expected"][metric]["between"]
    units = unit_means(cells, "true_index", column)
    assert slope(units) == pytest.approx(promised["slope"], rel=1e-4)
    assert np.corrcoef(units[:, 2], units[:, 3])[0, 1] == pytest.approx(promised["r"], abs=1e-4)
    assert units.height == promised["n"]


def test_between_truth_is_inside_the_observed_interval(default: Company) -> None:
    cells = default.table("truth_cells.parquet").filter(
        pl.col("n_respondents") >= 5, pl.col("n_nps") >= 5
    )
    units = unit_means(cells, "index", "nps")
    whole = slope(units)
    places = units["location_code"].unique()
    left_out = np.array([slope(units.filter(pl.col("location_code") != at)) for at in places])
    error = np.sqrt((len(left_out) - 1) / len(left_out) * ((left_out - whole) ** 2).sum())
    truth = default.truth["expected"]["nps"]["between"]["slope"]
    assert abs(truth - whole) < 2 * error
    assert whole > 3 * error


def test_region_lifts_the_slope_and_the_lag_is_one(default: Company) -> None:
    nps = default.truth["expected"]["nps"]
    assert nps["between"]["slope"] > nps["between_within_region"]["slope"]
    profile = {int(lag): fit["slope"] for lag, fit in nps["within_by_lag"].items()}
    assert max(profile, key=profile.__getitem__) == p.WITHIN_LAG
    assert profile[p.WITHIN_LAG] == pytest.approx(p.WITHIN_SLOPE, rel=0.25)


def test_realised_scores_have_the_true_expectation(default: Company) -> None:
    cells = default.table("truth_cells.parquet")
    pairs = {
        "index": "true_index",
        "nps": "true_nps",
        "csat_top_box_pct": "true_csat_top_box_pct",
        "ces_mean": "true_ces_mean",
    }
    for realised, true in pairs.items():
        gap = (cells[realised] - cells[true]).drop_nulls()
        # The same people answer every month, so their leaning does not average out over months.
        effective = 300 if realised == "index" else len(gap)
        assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(effective)
    r = np.corrcoef(cells["index"], cells["true_index"])[0, 1]
    assert r > 0.85


def test_rounding_hardly_bends_the_index(default: Company) -> None:
    per_point = default.truth["expected"]["index_per_climate_point"]
    assert 0.88 < per_point < 1


def test_sizes_of_the_default_company(default: Company) -> None:
    summary = default.summary
    assert (summary.locations, summary.teams, summary.waves) == (60, 300, 12)
    cells = default.table("truth_cells.parquet")
    assert cells["n_respondents"].mean() == pytest.approx(12, rel=0.05)
    assert summary.feedback_rows / cells.height == pytest.approx(60, rel=0.05)
    assert (cells["n_respondents"] < 5).sum() < 0.02 * cells.height


def test_a_cell_counts_what_single_rows_say(small: Company) -> None:
    cells = small.table("truth_cells.parquet")
    events = small.table("truth_feedback.parquet").filter(
        pl.col("fate").is_in(["kept", "late", "corrected"]),
        pl.col("reference").is_in(["team", "agent", "ticket_group"]),
        pl.col("metric") == "nps",
    )
    counted = events.group_by("month", "team_code").agg(
        n=pl.len().cast(pl.Int64), top=(pl.col("score") >= 9).sum().cast(pl.Int64)
    )
    joined = cells.join(counted, on=["month", "team_code"], how="left").fill_null(0)
    assert joined["n"].to_list() == joined["n_nps"].to_list()
    assert joined["top"].to_list() == joined["n_promoters"].to_list()
    answers = small.table("truth_responses.parquet").filter(pl.col("fate") == "kept")
    total = int(cells["n_respondents"].sum()) + small.truth["totals"]["responses_outside_cells"]
    assert answers.height == total
