"""A headless Chromium from the system's packages; without one the tests skip and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from pipelines.report.catalogue import Catalogue
from pipelines.report.page import report_page, report_sections
from pipelines.report.published import Published
from tests.browser.made import company, refusals

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there; the one without windows takes two thirds of the others' processor."""
READY = "body[data-ready=yes]"


PATIENCE = 180_000
"""Milliseconds before a step of the browser is given up: other programs may use the machine."""


def system_browser() -> str | None:
    """The path of a browser from the system's packages."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after this folder: while it is open no other test of the process can use asyncio."""
    found = system_browser()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no browser: .ci/run installs Debian's")
        pytest.skip(
            "no Chromium on this machine, and no Python package brings one: what the report shows "
            "in a browser is not tested here; apt-get install chromium-headless-shell"
        )
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=found, args=["--no-sandbox"], timeout=PATIENCE
        )
        yield opened
        opened.close()


def written(published: Published, path: Path, text: Catalogue | None = None) -> Path:
    """The report of these tables as a file."""
    text = text or Catalogue()
    page = report_page(
        published, text, report_sections(published, text), audience="shared",
        beside=[("data_dictionary.html", "Data dictionary")], methods="methods.html#",
    )  # fmt: skip
    path.write_text(page, "utf-8")
    return path


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a company of 216 units."""
    return written(company(), tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture(scope="session")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a company that can answer nothing."""
    return written(refusals(), tmp_path_factory.mktemp("refused") / "report.html")


def opened(
    browser: Browser, path: Path, *, width: int = 1440, scheme: str = "light"
) -> tuple[Page, list[str]]:
    """A page of the report when it is ready, and everything that went wrong or left the page."""
    page = browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE)
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda r: None if r.url == path.as_uri() else troubles.append(r.url))
    page.goto(path.as_uri())
    page.wait_for_selector(READY)
    failed = page.locator("body").get_attribute("data-failed")
    troubles += [failed] if failed else []
    return page, troubles


COLOURS = ["color-contrast", "link-in-text-block"]
"""What axe asks of colours: four fifths of its time."""
ONE_ROW_OF_A_KIND = """() => {
    const kinds = new Set();
    for (const row of document.querySelectorAll("tbody tr")) {
        const parts = [row, ...row.querySelectorAll("*")];
        const kind = parts.map(part => part.tagName + "." + part.className).join(" ");
        if (kinds.has(kind)) row.remove();
        kinds.add(kind);
    }
}"""


def assert_accessible(page: Page) -> None:
    """Axe finds nothing to object to but, perhaps, colours."""
    _assert_clean(page, {"rules": {rule: {"enabled": False} for rule in COLOURS}})


def assert_readable(page: Page) -> None:
    """Axe finds no colours to object to; from then on the page has one table row of a kind, as
    those of the same elements and classes look alike."""
    page.evaluate(ONE_ROW_OF_A_KIND)
    _assert_clean(page, {"runOnly": {"type": "rule", "values": COLOURS}})


def _assert_clean(page: Page, rules: dict[str, object]) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"], **rules})
    assert found.violations_count == 0, found.generate_report()
