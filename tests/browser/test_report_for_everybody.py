"""The report at every size, in both schemes, by keyboard and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import assert_accessible, assert_readable, opened

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WHITE = "rgb(255, 255, 255)"


def paper(page: Page) -> str:
    """The colour everything is written on."""
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


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


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_every_width_and_scheme_fits_and_is_accessible(
    browser: Browser, report: Path, width: int
) -> None:
    page, troubles = opened(browser, report, width=width)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        plots = page.locator(".plot > svg, .plot .marks").evaluate_all(
            "e => e.map(x => x.getBoundingClientRect()).map(r => r.right)"
        )
        assert plots
        assert max(plots) <= width
        assert (paper(page) == WHITE) == (scheme == "light")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert_accessible(page)
    if width == 1440:  # colours are the same at every width: tests/unit/report/test_style.py
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert_readable(page)
    assert troubles == []
    page.close()


def test_it_prints_on_clean_pages(browser: Browser, report: Path, tmp_path: Path) -> None:
    page, troubles = opened(browser, report, scheme="dark")
    assert troubles == []
    assert paper(page) != WHITE
    page.emulate_media(media="print")
    assert paper(page) == WHITE
    assert page.locator(".tools, .filters, .contents").evaluate_all(
        "e => e.every(x => getComputedStyle(x).display === 'none')"
    )
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert 5 <= pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 40
    page.close()
