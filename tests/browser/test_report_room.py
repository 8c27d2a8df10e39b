"""Words and marks of a picture keep out of each other's way, at every width and on paper."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page

from pipelines.report.published import Published
from tests.browser.conftest import opened, written
from tests.browser.made import company

WIDTHS = (390, 820, 1440)
ON_PAPER = "window.dispatchEvent(new Event('beforeprint'))"
BOXES = """(all, wanted) => all.filter(x => !wanted || wanted.includes(x.textContent))
    .map(x => x.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"""
Box = list[float]


@pytest.fixture(scope="module")
def sure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report whose first interval is hardly wider than its dot, at the end of the scale."""
    tables = dict(company().tables)
    is_r = (pl.col("effect_type") == "r") & pl.col("primary")
    close = {"estimate": 0.94, "conf_low": 0.93, "conf_high": 0.95}
    tables["linkage_estimates"] = company().estimates.with_columns(
        pl.when(is_r).then(value).otherwise(name).alias(name) for name, value in close.items()
    )
    return written(Published(tables), tmp_path_factory.mktemp("sure") / "report.html")


def boxes(page: Page, marks: str, words: list[str] | None = None) -> list[Box]:
    """Where these marks are drawn: left, top, right, bottom."""
    found: list[Box] = page.locator(marks).evaluate_all(BOXES, words)
    return found


def clash(one: Box, other: Box, least: float = 0) -> bool:
    """Whether two boxes share room of more than so many pixels each way."""
    return all(
        min(one[i + 2], other[i + 2]) - max(one[i], other[i]) > least for i in (0, 1)
    )  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_a_picture_lies_on_its_words(browser: Browser, sure: Path, width: int) -> None:
    page, troubles = opened(browser, sure, width=width)
    for _ in range(2):  # on the screen, and on paper
        labels = boxes(page, "#chart-how_sure svg text", ["0.93", "0.94", "0.95"])
        assert len(labels) == 3
        pairs = [(a, b) for i, a in enumerate(labels) for b in labels[i + 1 :]]
        assert [pair for pair in pairs if clash(*pair)] == []
        plot = boxes(page, "#chart-how_sure")[0]
        assert max(box[2] for box in labels) <= plot[2]
        corners = boxes(page, "#chart-quadrants svg .mark-text.role-mark text")
        points = boxes(page, "#chart-quadrants svg .mark-symbol path")
        assert len(corners) == 4
        assert len(points) == 216
        assert [p for p in points for c in corners if clash(p, c, 1)] == []
        page.evaluate(ON_PAPER)
    assert troubles == []
    page.close()


def test_points_and_band_lie_inside_the_axes(browser: Browser, sure: Path) -> None:
    page, _ = opened(browser, sure)
    for period in ("", "p03"):
        page.select_option("#filter-period", period)
        plot = boxes(page, "#chart-scatter svg .background")[0]
        for point in boxes(page, "#chart-scatter svg .mark-symbol path"):
            assert point[0] >= plot[0]
            assert point[1] >= plot[1]
            assert point[2] <= plot[2]
            assert point[3] <= plot[3]
        domain = page.evaluate("crossvoiceViews.scatter.view.scale('y').domain()")
        line = page.evaluate("crossvoiceViews.scatter.view.data('line')")
        assert line
        assert domain[0] <= min(at["low"] for at in line)
        assert domain[1] >= max(at["high"] for at in line)
    page.close()


def test_the_table_of_estimates_is_not_cut(browser: Browser, sure: Path) -> None:
    page, _ = opened(browser, sure)
    scrolled = "t => t.closest('.scroll').scrollWidth - t.closest('.scroll').clientWidth"
    assert page.locator("#all-estimates").evaluate(scrolled) == 0
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 less its margins
    page.evaluate(ON_PAPER)
    assert page.locator("#all-estimates").evaluate(scrolled) == 0
    # Range: what is written, wherever the cell ends
    wide = page.locator("#all-estimates td").evaluate_all(
        """cells => cells.filter(c => {
            const words = document.createRange(); words.selectNodeContents(c);
            return words.getBoundingClientRect().right > c.getBoundingClientRect().right + 0.5;
        }).map(c => c.innerText)"""
    )
    assert wide == []
    page.close()
