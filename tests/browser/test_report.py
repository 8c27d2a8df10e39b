"""The report in a real browser: its numbers are those of its tables, at every size."""

from __future__ import annotations

import subprocess
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pipelines.report.catalogue import Catalogue
from tests.browser.conftest import opened, system_browser, written
from tests.browser.made import OPTIONS, company, published
from tests.unit.linkage.panels import panel

SECTIONS = ["answer", "units", "corrected", "within", "ladder", "pairs", "lags", "drivers",
            "segments", "curve", "quadrants", "reliability", "change", "coverage", "attribution",
            "estimates", "methods", "provenance"]  # fmt: skip
HOSTILE = [
    "<script>window.broken = 1</script>", "<img src=x onerror=alert(1)>", "</script><b>bold</b>",
    "فريق المبيعات في القاهرة", "Team 🦊🚀 «quoted» & 'single'", "x" * 300,
    "=HYPERLINK(\"http://example.com\")", "{{ 7 * 7 }}", "\u202eevil\u2029line",
]  # fmt: skip

DRAWN = "crossvoiceViews.scatter.view.data('unit_period_scores/units')"


def numbers(page: Page, section: str) -> list[list[float | None]]:
    """Every row of numbers in a section's tables, as the page holds them."""
    rows = page.locator(f"#{section} table tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.querySelectorAll('[data-value]')].map(c => c.dataset.value))"
    )
    return [[float(v) if v else None for v in row] for row in rows]


def column(page: Page, section: str, place: int) -> list[float | None]:
    return [row[place] for row in numbers(page, section) if len(row) > place]


@pytest.fixture(scope="module")
def page(browser: Browser, report: Path) -> Page:
    page, troubles = opened(browser, report)
    assert troubles == []
    return page


def test_every_section_is_there_with_words_and_a_picture(page: Page) -> None:
    assert page.locator("main > section").evaluate_all("s => s.map(x => x.id)") == SECTIONS
    for name in SECTIONS[1:15]:
        marks = page.locator(f"#{name} .plot svg path, #{name} .plot svg line").count()
        refused = page.locator(f"#{name} .refused").count()
        assert marks + refused > 0, name
        assert page.locator(f"#{name} > p").count() + refused > 0, name


def test_the_first_screen_says_what_the_estimates_say(page: Page) -> None:
    rows = company().estimates.filter("primary", effect_type="slope", component="corrected")
    row = rows.row(0, named=True)
    answer = page.locator(".answer-sentence")
    assert answer.inner_text() == row["sentence"]
    for name, column_name in (("estimate", "estimate"), ("low", "conf_low"), ("high", "conf_high")):
        assert float(answer.get_attribute(f"data-{name}") or "nan") == row[column_name]
    assert page.locator(".stamp .verdict").inner_text() == "Supported"
    for fact in ("n_units", "n_clusters", "n_periods", "n_responses_x", "n_responses_y"):
        shown = page.locator(f"[data-fact={fact}]").get_attribute("data-value")
        assert shown == ("" if row[fact] is None else str(row[fact]))
    drawn = page.evaluate("crossvoiceViews.how_sure.rows[0]")
    r = company().estimates.filter("primary", effect_type="r", component="corrected")
    assert [drawn["low"], drawn["estimate"], drawn["high"]] == [
        r["conf_low"][0], r["estimate"][0], r["conf_high"][0]]  # fmt: skip


@pytest.mark.parametrize(
    ("section", "table", "columns"),
    [
        ("lags", "linkage_lag_profiles", ["lag", "slope", "band_low", "band_high", "n_pairs"]),
        ("curve", "linkage_binned_curves",
         ["bin", "n_units", "mean_x", "mean_y", "conf_low", "conf_high"]),
        ("change", "linkage_period_slopes", ["slope", "std_error"]),
    ],
)  # fmt: skip
def test_numbers_of_a_section_are_those_of_its_table(
    page: Page, section: str, table: str, columns: list[str]
) -> None:
    frame = company().tables[table]
    wanted = [[None if v is None else float(v) for v in row]
              for row in frame.sort(columns[0] if section != "change" else "period_index")
              .select(columns).iter_rows()]  # fmt: skip
    assert numbers(page, section) == wanted


def test_drivers_segments_and_reliability_hold_their_tables_numbers(page: Page) -> None:
    tables = company().tables
    shares = tables["linkage_driver_shares"].filter(component="observed", level="unit")
    assert sorted(column(page, "drivers", 0)) == sorted(shares["share"])
    segments = company().estimates.filter(
        estimand="segment", effect_type="slope", component="observed"
    ).filter(pl.col("segment").is_not_null())
    assert column(page, "segments", 0)[: len(segments)] == segments["estimate"].to_list()
    icc2 = tables["linkage_reliability"]["icc2"].drop_nulls().to_list()
    rules = tables["linkage_attribution_rules"]["estimate"].to_list()
    assert column(page, "attribution", 0) == rules
    assert [row[2] for row in numbers(page, "reliability") if len(row) == 5][-len(icc2):] == icc2


def test_the_table_of_estimates_is_whole_and_can_be_narrowed(page: Page) -> None:
    estimates = company().estimates
    shown = [row[0] for row in numbers(page, "estimates")]
    assert shown == estimates["estimate"].to_list()
    state = page.locator("#estimates-state")
    page.select_option("#estimates [data-rows=question]", "Lag")
    assert state.get_attribute("data-shown") == str(estimates.filter(estimand="lag").height)
    assert page.locator("#all-estimates tbody tr:visible").count() == int(
        state.get_attribute("data-shown") or 0
    )
    page.select_option("#estimates [data-rows=question]", "")


def test_the_points_are_the_units_and_their_line_is_the_estimate(page: Page) -> None:
    points = page.evaluate(DRAWN)
    slope = company().estimates.filter("primary", effect_type="slope", component="observed")
    frame = pl.DataFrame([{"x": p["x"], "y": p["y"]} for p in points])
    fitted = frame.select(pl.cov("x", "y") / pl.col("x").var()).item()
    assert len(points) == 216
    assert fitted == pytest.approx(slope["estimate"][0], rel=0.03)
    line = page.evaluate("crossvoiceViews.scatter.view.data('line')")
    drawn = (line[-1]["y"] - line[0]["y"]) / (line[-1]["x"] - line[0]["x"])
    assert drawn == pytest.approx(slope["estimate"][0], rel=0.01)


def test_filters_choose_among_released_slices_only(page: Page) -> None:
    state = page.locator("#units-state")
    regions = company().tables["unit_period_scores"].filter(region_id="r1")["unit_id"].n_unique()
    page.select_option("#filter-region", "r1")
    assert state.get_attribute("data-shown") == str(regions)
    assert page.evaluate(f"{DRAWN}.every(r => r.region_id === 'r1')")
    assert page.evaluate(f"{DRAWN}.length") == regions
    row = company().estimates.filter(
        estimand="segment", segment="r1", effect_type="slope", component="observed"
    )
    assert Catalogue().number(row["estimate"][0], 2, sign=True) in state.inner_text()
    page.select_option("#filter-period", "p03")
    assert "not estimated by itself" in state.inner_text()
    caption = page.locator('[data-chart="scatter"] figcaption').inner_text()
    assert caption.startswith("Employee engagement \u00d7 Net promoter score")
    assert caption.endswith("region r1 · p03")
    assert page.evaluate("crossvoiceViews.scatter.view.data('line').length") == 0
    page.select_option("#filter-region", "")
    released = company().tables["unit_period_scores"].filter(
        pl.col("employee_score").is_not_null(), period_id="p03")  # fmt: skip
    assert state.get_attribute("data-shown") == str(released.height)
    page.select_option("#filter-period", "")
    page.fill("#find", "u0007")
    found = page.evaluate("crossvoiceViews.scatter.view.data('found').map(r => r.unit_id)")
    assert found == ["u0007"]
    page.fill("#find", "")


def test_every_chart_says_which_slice_it_shows(page: Page) -> None:
    captions = page.locator("figure.chart figcaption").all_inner_texts()
    assert len(captions) == page.locator("figure.chart").count()
    assert all(captions)


def test_a_pair_is_chosen_among_released_estimates(page: Page) -> None:
    rows = company().estimates.filter(
        pl.col("estimand").is_in(["between", "within"]), effect_type="r"
    ).filter(
        pl.col("component").is_in(["observed", "corrected"]),
        pl.col("method").str.contains("^(unit_means|two_way_fe)"),
    )  # fmt: skip
    assert page.evaluate("crossvoiceViews.pairs.rows.map(r => r.estimate)") == rows[
        "estimate"].to_list()  # fmt: skip
    drawn = "crossvoiceViews.pairs.view.data('linkage_estimates/pairs').map(r => r.estimate)"
    state = page.locator("#pairs-state")
    page.select_option("#pairs [data-rows=question]", "within")
    shown = rows.filter(estimand="within", component="observed")
    assert page.evaluate(drawn) == shown["estimate"].to_list()
    page.select_option("#pairs [data-rows=pair]", "engagement \u00d7 csat")
    row = shown.filter(y_measure="csat").row(0, named=True)
    assert page.evaluate(drawn) == [row["estimate"]]
    assert row["sentence"] in state.inner_text()
    assert page.locator("#pairs figcaption").inner_text() == (
        "Customer satisfaction · Within units · As measured")  # fmt: skip
    page.select_option("#pairs [data-rows=pair]", "")
    page.select_option("#pairs [data-rows=question]", "between")


def test_the_keyboard_reaches_everything(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#answer"
    wanted = set(page.locator("a[href], button:visible, select, input, summary").evaluate_all(
        "all => all.filter(x => x.checkVisibility())"
        ".map((x, i) => { x.dataset.k = i; return String(i); })"
    ))  # fmt: skip
    reached = set()
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(len(wanted) + 60):
        page.keyboard.press("Tab")
        key = page.evaluate("document.activeElement.dataset.k")
        if key:
            reached.add(key)
    assert wanted - reached == set()
    page.locator("#filter-region").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == "r0"
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_every_width_and_scheme_fits_and_is_accessible(
    browser: Browser, report: Path, width: int, scheme: str
) -> None:
    page, troubles = opened(browser, report, width=width, scheme=scheme)
    assert troubles == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    plots = page.locator(".plot > svg, .plot .marks").evaluate_all(
        "e => e.map(x => x.getBoundingClientRect()).map(r => r.right)"
    )
    assert plots
    assert max(plots) <= width
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.select_option("#estimates [data-rows=question]", "Lag")  # 200 rows alike take a minute
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


def test_it_prints_on_clean_pages(browser: Browser, report: Path, tmp_path: Path) -> None:
    page, _ = opened(browser, report, scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".tools, .filters, .contents").evaluate_all(
        "e => e.every(x => getComputedStyle(x).display === 'none')"
    )
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert 5 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 40
    page.close()


def test_refusals_are_sentences_and_no_empty_picture(browser: Browser, refused: Path) -> None:
    page, troubles = opened(browser, refused)
    assert troubles == []
    assert page.locator(".stamp .verdict").inner_text() == "Refused"
    for name in ("answer", "corrected", "within", "ladder", "lags", "drivers", "segments", "curve",
                 "change"):  # fmt: skip
        assert page.locator(f"#{name} .refused").count() > 0, name
        assert page.locator(f"#{name} .plot").count() == 0, name
        assert "What would be needed" in page.locator(f"#{name} .refusal").first.inner_text()
    assert Axe().run(page).violations_count == 0
    page.close()


def test_hostile_names_are_text(browser: Browser, tmp_path: Path) -> None:
    def names(kind: str, code: str) -> str:
        return f"{HOSTILE[int(code.lstrip('ulr')) % len(HOSTILE)]} {kind}"

    made = published(panel(54, 4, 2, seed=4), names, {**OPTIONS, "x_label": HOSTILE[1],
                                                      "y_label": HOSTILE[2]})  # fmt: skip
    page, troubles = opened(browser, written(made, tmp_path / "hostile.html"), width=390)
    assert troubles == []
    assert page.evaluate("window.broken") is None
    assert page.locator("img, b").count() == 0
    assert page.locator("h1").inner_text() == f"Does {HOSTILE[1]} track {HOSTILE[2]}?"
    options = page.locator("#filter-location option").all_inner_texts()
    assert f"{HOSTILE[0]} place" in options
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


def test_the_policy_stops_what_is_not_ours(browser: Browser, report: Path) -> None:
    page, troubles = opened(browser, report)
    with page.expect_event("requestfailed") as stopped:
        page.evaluate("""() => {
          const script = document.createElement("script");
          script.textContent = "window.broken = 1";
          document.body.append(script);
          const image = document.createElement("img");
          image.src = "https://example.com/x.png";
          document.body.append(image);
        }""")
    assert page.evaluate("window.broken") is None
    assert stopped.value.failure == "csp"
    assert any("Content Security Policy" in trouble for trouble in troubles)
    page.close()


def test_the_browser_is_the_systems_own(browser: Browser) -> None:
    """Playwright brings and fetches none; Debian's is what `.ci/run` installs."""
    said = subprocess.run([system_browser() or "", "--version"], capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    assert browser.version in said
