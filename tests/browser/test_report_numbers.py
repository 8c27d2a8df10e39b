"""Every number on the page is that of a published table, chosen and summed anew here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import opened
from tests.browser.made import company
from tests.browser.test_report import numbers

SHOWN = pl.col("estimate", "conf_low", "conf_high", "n_units").cast(pl.Float64)
BOTH = pl.col("component").is_in(["observed", "corrected"])
PRIMARY = pl.col("y_measure") == "nps"


@pytest.fixture(scope="module")
def page(browser: Browser, report: Path) -> Page:
    page, troubles = opened(browser, report)
    assert troubles == []
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    return page


def _corrected(rows: pl.DataFrame) -> pl.DataFrame:
    """Slopes as measured and corrected, then the same of r."""
    found = rows.filter(
        BOTH, PRIMARY, pl.col("method").str.starts_with("unit_means"), estimand="between"
    ).filter(pl.col("effect_type").is_in(["slope", "r"]))
    kinds = pl.col("effect_type").replace_strict({"slope": 0, "r": 1}, return_dtype=pl.Int8)
    return found.sort(kinds, pl.col("component") == "corrected")


def _best(rows: pl.DataFrame) -> pl.DataFrame:
    """Of each question and what it holds fixed: the corrected slope, or the one as measured."""
    slopes = rows.filter(BOTH, PRIMARY, pl.col("estimate").is_not_null(), effect_type="slope")
    ordered = slopes.with_row_index().sort(pl.col("component") == "observed", "index")
    return ordered.unique(["question_id", "adjusted_for"], keep="first").sort("index")


def _between_and_within(rows: pl.DataFrame) -> pl.DataFrame:
    best = _best(rows.filter(pl.col("estimand").is_in(["between", "within"])))
    return best.sort("estimand")


def _rungs(rows: pl.DataFrame) -> pl.DataFrame:
    best = _best(rows.filter(estimand="adjusted"))
    return best.sort(pl.col("adjusted_for").fill_null("").str.split(",").list.len(),
                     maintain_order=True)  # fmt: skip


def _reliabilities(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(
        PRIMARY, pl.col("component").is_in(["reliability_x", "reliability_y"]), estimand="between"
    ).sort("component")


@pytest.mark.parametrize(
    ("section", "chosen"),
    [("corrected", _corrected), ("within", _between_and_within), ("ladder", _rungs),
     ("reliability", _reliabilities)],
)  # fmt: skip
def test_estimates_beside_each_other_are_the_published_ones(
    page: Page, section: str, chosen: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    wanted = [list(row) for row in chosen(company().estimates).select(SHOWN).iter_rows()]
    assert len(wanted) >= 2
    found = [row for row in numbers(page, section) if len(row) == len(wanted[0])]
    assert found[: len(wanted)] == wanted


def test_what_is_written_is_the_number_of_its_cell(page: Page) -> None:
    cells = page.locator("td[data-value]").evaluate_all(
        "c => c.map(x => [x.dataset.value, x.innerText.trim()])"
    )
    assert len(cells) > 500
    wrong = [(value, words) for value, words in cells if not _says(value, words)]
    assert wrong == []


def _says(value: str, words: str) -> bool:
    """Whether the words are the value, to the digits they show."""
    if value == "":
        return words == "\u2013"
    if words.startswith("<"):
        return float(value) < float(words[1:])
    is_share = words.endswith("%")
    plain = re.sub(r"[,%\s+]", "", words).replace("\u2212", "-")
    half = 0.5 * 10.0 ** -len(plain.partition(".")[2]) + 1e-9
    return abs(float(plain) - float(value) * (100 if is_share else 1)) <= half


def _unit_means() -> pl.DataFrame:
    """Units' means of both voices, each period's mean of all units taken out."""
    cells = company().tables["unit_period_scores"].select(
        "unit_id", "team_name", "location_name", "period_id", x="employee_score",
        y="customer_score",
    ).drop_nulls(["x", "y"])  # fmt: skip
    free = {c: pl.col(c) - pl.col(c).mean().over("period_id") + pl.col(c).mean() for c in "xy"}
    return cells.with_columns(**free).group_by("unit_id", "team_name", "location_name").agg(
        pl.col("x", "y").mean()
    )  # fmt: skip


def test_units_where_the_voices_part_are_counted_and_named_from_their_scores(page: Page) -> None:
    units = _unit_means()
    high = {c: pl.col(c) >= pl.col(c).median() for c in "xy"}
    apart = units.filter(high["x"] != high["y"])
    says = page.locator("#quadrants > p").first.inner_text()
    assert {int(n) for n in re.findall(r"\d+", says)} >= {apart.height, units.height}
    named = page.locator("#quadrants tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.cells].map(c => c.dataset.value ?? c.innerText))"
    )
    means = {
        f"{team}, {place}": (x, y, x_high)
        for _, team, place, x, y, x_high in apart.with_columns(
            x_high=pl.col("x") >= units["x"].median()
        ).iter_rows()
    }
    assert 1 <= len(named) <= 12
    fields = {}
    for field, unit, x, y in named:
        wanted_x, wanted_y, x_high = means[unit]
        assert (float(x), float(y)) == pytest.approx((wanted_x, wanted_y), abs=0.0051)
        fields.setdefault(field, set()).add(x_high)
    assert sorted(fields.values(), key=sorted) == [{False}, {True}]


def test_coverage_counts_the_units_of_each_period(page: Page) -> None:
    scores = company().tables["unit_period_scores"].with_columns(
        e=pl.col("employee_score").is_not_null(), c=pl.col("customer_score").is_not_null()
    )
    wanted = scores.group_by("period_id").agg(
        pl.len(), (pl.col("e") & pl.col("c")).sum().alias("both"),
        (~pl.col("e")).sum().alias("no_e"), (~pl.col("c")).sum().alias("no_c"),
        pl.col("response_share").filter("e").median().round(3),
        pl.col("attributed_share").filter("c").median().round(3),
    ).sort("period_id").drop("period_id")  # fmt: skip
    assert numbers(page, "coverage") == [[float(v) for v in row] for row in wanted.iter_rows()]


def test_provenance_is_the_publication_word_for_word(page: Page) -> None:
    found = dict(page.locator("[data-provenance]").evaluate_all(
        "all => all.map(x => [x.dataset.provenance, x.innerText])"
    ))  # fmt: skip
    publication = company().publication
    wanted = {
        "release_id", "run_id", "started_at", "git_commit", "config_hash", "code_hash",
        "input_hash", "fingerprint", "suppression", "threshold_employee", "threshold_customer",
        "n_cells", "n_cells_hidden",
    }  # fmt: skip
    assert found.keys() == wanted
    for key, words in found.items():
        value = publication[key]
        if isinstance(value, dt.datetime):
            assert dt.datetime.fromisoformat(words) == value
        else:
            assert words.replace(",", "") == str(value), key
