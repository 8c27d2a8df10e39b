"""A whole run of the demo program: what it prints, what it releases, what it may not show."""

from __future__ import annotations

import os
import subprocess
import sys

import polars as pl
import pytest

from data_checks.registry import all_suites
from pipelines.publishing.audiences import AUDIENCES
from pipelines.report.catalogue import Catalogue
from tests.pipeline.conftest import Company
from tests.pipeline.runs import crossvoice, private, released


def test_run_ends_with_the_card_and_the_paths(company: Company) -> None:
    assert company.run.code == 0, company.run.output
    for expected in ("Does 'Employee engagement' track 'Net promoter score'?", "95% interval",
                     "shared/crossvoice.duckdb", "published"):  # fmt: skip
        assert expected in company.run.output


def test_planted_between_effect_lies_in_the_corrected_interval(company: Company) -> None:
    truth = company.truth["expected"]["nps"]["between"]
    rows = private(
        company.home,
        "from linkage.linkage_estimates where \"primary\" and component = 'corrected'",
    )
    slope = rows.filter(effect_type="slope").row(0, named=True)
    r = rows.filter(effect_type="r").row(0, named=True)
    assert slope["conf_low"] < truth["slope_per_index_pomp"] < slope["conf_high"]
    assert r["conf_low"] < truth["r"] < r["conf_high"]


@pytest.mark.parametrize("audience", sorted(AUDIENCES))
def test_each_file_holds_what_its_audience_may_see_and_no_more(
    company: Company, audience: str
) -> None:
    tables = released(company.home, audience)
    assert set(tables) == set(AUDIENCES[audience])
    for name, frame in tables.items():
        assert not [c for c in frame.columns if c.endswith("_key") or c == "person_number"], name
    folder = company.home / "published" / "current" / audience / "parquet"
    for name, frame in tables.items():
        assert pl.read_parquet(folder / f"{name}.parquet").equals(frame)


def test_no_released_cell_is_below_its_threshold_or_hidden_with_a_count(company: Company) -> None:
    hidden_cells = 0
    for audience, table in (("hr", "employee_unit_period_metrics"),
                            ("cx", "customer_unit_period_metrics")):  # fmt: skip
        cells = released(company.home, audience)[table]
        shown = cells.filter(pl.col("reason_code") == "released")
        assert shown["n_responses"].min() >= 5
        hidden = cells.filter(pl.col("reason_code") != "released")
        hidden_cells += hidden.height
        numbers = ["value", "value_native", "n_responses", "promoters", "passives", "detractors"]
        assert hidden.select(pl.all_horizontal(pl.col(numbers).is_null())).to_series().all()
    assert hidden_cells > 0


def test_every_row_is_attributed_or_in_a_counted_remainder(company: Company) -> None:
    counts = private(
        company.home,
        """
        select
            (select sum(rows_kept) from raw.ingest_batches
                where contract_table = 'customer_feedback') as kept,
            (select count(*) from staging.stg_customer_feedback) as staged,
            (select sum(n_rows) from marts.attribution_summary where voice = 'customer') as counted
        """,
    ).row(0, named=True)
    assert counts["staged"] == counts["counted"]
    replaced = counts["kept"] - counts["staged"]  # duplicates and corrections
    assert replaced > 0
    told = crossvoice(company.home, "status", "--program", "demo").output
    at_location = private(
        company.home, "select sum(n_rows) filter (attribution_method = 'location') / sum(n_rows)"
        " from marts.attribution_summary where voice = 'customer'",
    ).item()  # fmt: skip
    assert f"{at_location:.1%} a team or location only" in " ".join(told.split())
    assert f"replaced by a later version of the same answer or score: {replaced:,}\n" in told


def test_landing_keeps_and_rejects_what_was_planted(company: Company) -> None:
    found = private(
        company.home,
        "select sum(rows_read) as read, sum(rows_kept) as kept, sum(rows_rejected) as rejected"
        " from raw.ingest_batches where contract_table = 'customer_feedback'",
    ).row(0, named=True)
    assert found["read"] == found["kept"] + found["rejected"]
    assert found["rejected"] == company.truth["totals"]["feedback_rejected"]


def test_second_run_finds_nothing_new_and_loads_no_orchestrator(company: Company) -> None:
    ended = crossvoice(company.home, "run", "--program", "demo")
    assert ended.code == 0
    assert "Nothing new since release" in ended.output
    code = (
        "import sys; from pipelines.cli.main import main\n"
        "try: main(['run', '--program', 'demo'])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = ('dagster', 'dbt', 'great_expectations', 'polars', 'duckdb')\n"
        "print('loaded:', [m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        env={**os.environ, "CROSSVOICE_HOME": str(company.home)},
    )  # fmt: skip
    assert "loaded: []" in done.stdout, done.stdout + done.stderr


def test_a_release_has_its_pages_for_each_audience(company: Company) -> None:
    release = company.home / "published" / "current"
    for name in ("report.html", "methods.html", "data_dictionary.html", "lineage.html",
                 "data_quality.html", "card.svg", "card.png",
                 "linkage_estimates.xlsx"):  # fmt: skip
        assert (release / name).stat().st_size > 1000, name
    shared, hr, cx = (
        (release / folder / "report.html").read_text() for folder in ("", "hr", "cx")
    )
    rates = 'data-table="unit_period_participation"'
    attribution = 'data-table="attribution_summary"'
    assert (rates in shared, attribution in shared) == (False, False)
    assert (rates in hr, attribution in hr) == (True, False)
    assert (rates in cx, attribution in cx) == (False, True)
    quality = (release / "data_quality.html").read_text()
    checks = [check for suite in all_suites() for check in suite.checks]
    assert quality.count("data-outcome=") == len(checks)
    assert 'data-outcome="error"' not in quality
    sentence = released(company.home)["linkage_estimates"].filter(
        "primary", effect_type="slope", component="corrected")["sentence"][0]  # fmt: skip
    assert sentence in shared


def test_the_whole_dictionary_is_said_in_german(company: Company) -> None:
    dictionary = released(company.home)["data_dictionary"]
    words = {*dictionary["table_description"], *dictionary["column_description"]}
    german = Catalogue("de")
    assert [w for w in words if german.described(w) == w] == []


def test_status_names_the_release_and_every_reject(company: Company) -> None:
    ended = crossvoice(company.home, "status", "--program", "demo")
    assert ended.code == 0
    assert "release 20" in ended.output
    assert "out_of_scale" in ended.output
    assert "customer_feedback" in ended.output


def test_estimate_answers_one_question_in_words(company: Company) -> None:
    ended = crossvoice(company.home, "estimate", "within", "--y", "csat", "--program", "demo")
    assert ended.code == 0, ended.output
    assert "Within the same unit" in ended.output
    assert max(map(len, ended.output.splitlines())) < 80
    wrong = crossvoice(company.home, "estimate", "between", "--y", "sales", "--program", "demo")
    assert wrong.code == 2
    assert "engagement x sales is not a declared pair" in wrong.output


def test_planted_lag_is_named(company: Company) -> None:
    profile = private(
        company.home, "from linkage.linkage_lag_profiles where y_measure = 'nps'"
    ).filter("is_in_lag_set")
    assert company.truth["effects"]["within_lag"] in profile["lag"].to_list()


def test_planted_splits_and_merges_look_like_reorganisations(company: Company) -> None:
    """The detector knows nothing of the lineage that the company declares."""
    suspects = private(
        company.home, "select split_part(from_unit_id, '@', 1), split_part(to_unit_id, '@', 1)"
        " from marts.reorganisation_suspects",
    )  # fmt: skip
    planted = private(
        company.home, "select from_ref, to_ref from raw.unit_lineage"
        " where unit_level = 'team' and lineage_kind in ('split', 'merge')",
    )  # fmt: skip
    assert planted.height > 0
    assert set(suspects.rows()) == set(planted.rows())
    unknown = private(company.home, "from marts.reorganisation_suspects where not is_declared")
    assert unknown.height == 0  # no false alarm: what the lineage tells is no news


def test_the_widest_attribution_rule_is_the_primary_estimate(company: Company) -> None:
    rules = private(company.home, "from linkage.linkage_attribution_rules")
    primary = private(
        company.home, "select estimate from linkage.linkage_estimates where \"primary\""
        " and component = 'observed' and effect_type = 'r' and method like 'unit_means%'",
    )  # fmt: skip
    assert rules["share_of_feedback"].to_list() == sorted(rules["share_of_feedback"])
    assert rules["estimate"][-1] == pytest.approx(primary["estimate"].item())


def test_scores_are_told_without_and_with_response_weights(company: Company) -> None:
    told = private(company.home, "from linkage.linkage_nonresponse where quantity = 'mean'")
    cells = private(
        company.home, "select period_id as window_id, value, n_responses"
        " from marts.unit_period_metrics where unit_level = 'company' and metric_id = 'engagement'",
    )  # fmt: skip
    both = told.join(cells, on="window_id")
    assert both.height == told.height == 12
    assert both["unweighted"].to_list() == pytest.approx(both["value"].to_list())
    assert both["n_responses_x"].to_list() == both["n_responses"].to_list()
    assert told["margins"].unique().to_list() == ["region"]
    assert told["n_expected"].to_list() == private(
        company.home, "select n_invited from marts.unit_period_participation"
        " where unit_level = 'company' order by period_id",
    )["n_invited"].to_list()  # fmt: skip


def test_a_released_change_is_the_difference_of_released_scores(company: Company) -> None:
    cells = released(company.home, "hr")["employee_unit_period_metrics"]
    changed = cells.filter(pl.col("change").is_not_null())
    assert set(changed["unit_level"]) >= {"company", "location", "unit"}
    earlier = cells.select("unit_level", "unit_id", "metric_id",
                           pl.col("period_id").alias("previous_period_id"),
                           pl.col("value").alias("before"))  # fmt: skip
    both = changed.join(
        earlier, on=["unit_level", "unit_id", "metric_id", "previous_period_id"], how="left"
    )
    assert (both["value"] - both["before"] - both["change"]).abs().max() < 1e-6
    assert both.filter(pl.col("change_low").is_null()).is_empty()
