"""The pages beside the report in a real browser: accessible, silent, under a strict policy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page

from data_checks.registry import all_suites
from pipelines import models
from pipelines.publishing.dictionary import data_dictionary
from pipelines.publishing.sources import SourceRows
from pipelines.report.catalogue import LANGUAGES, Catalogue
from pipelines.report.documents import dictionary_page, methods_page
from pipelines.report.lineage import lineage_page
from pipelines.report.published import Published
from pipelines.report.quality import quality_page
from tests.browser.conftest import PATIENCE, assert_accessible, assert_readable
from tests.browser.test_report_policy import HOSTILE

OURS = ("data_dictionary", "methods", "data_quality")
METRIC = {"metric_id": "engagement", "metric_label": HOSTILE[0], "voice": "employee",
          "metric_kind": "mean", "value_min": 0.0, "value_max": 100.0,
          "definition": HOSTILE[2]}  # fmt: skip
SOURCES = [SourceRows(HOSTILE[0], "customer_feedback", 2, 1234, 1212, {"bad_date": 22})]


@pytest.fixture(scope="module", params=LANGUAGES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of a release in one language, with a metric whose name is a script."""
    text = Catalogue(request.param)
    made = tmp_path_factory.mktemp(request.param)
    metrics = pl.DataFrame([METRIC])
    dictionary = data_dictionary({"periods": pl.DataFrame({"period_id": ["1"]})},
                                 models.column_texts("marts"))  # fmt: skip
    everything = Published({"dim_metrics": metrics, "data_dictionary": dictionary})
    for suite in all_suites():
        rows = [{"check": c.name, "outcome": "passed", "n_evaluated": 50, "n_unexpected": 0}
                for c in suite.checks]  # fmt: skip
        (made / f"{suite.name}.json").write_text(json.dumps(rows))
    (made / "data_dictionary.html").write_text(dictionary_page(everything, text), "utf-8")
    (made / "methods.html").write_text(methods_page(text), "utf-8")
    (made / "data_quality.html").write_text(quality_page(made, text, HOSTILE[1], SOURCES), "utf-8")
    return made


def visited(
    browser: Browser, path: Path, scheme: str = "light", at: str = ""
) -> tuple[Page, list[str]]:
    """A page on a phone, and everything that went wrong or left it."""
    page = browser.new_page(viewport={"width": 390, "height": 900}, color_scheme=scheme)
    page.set_default_timeout(PATIENCE)
    troubles: list[str] = []
    page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: None if r.url == path.as_uri() else troubles.append(r.url))
    page.goto(path.as_uri() + at)
    return page, troubles


@pytest.mark.parametrize("name", OURS)
def test_pages_are_accessible_and_ask_for_nothing(
    browser: Browser, folder: Path, name: str
) -> None:
    scheme = "dark" if folder.name.startswith("de") else "light"
    page, troubles = visited(browser, folder / f"{name}.html", scheme)
    assert troubles == []
    assert page.locator("img, b, script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    policy = page.locator("meta[http-equiv]").get_attribute("content") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert_accessible(page)
    assert_readable(page)
    page.close()


def test_lineage_is_dbts_own_page_and_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "lineage.html"
    path.write_text(lineage_page(models.manifest()), "utf-8")
    page, troubles = visited(browser, path, at="#!/model/model.crossvoice.linkage_panel")
    page.get_by_text("What linkage reads").first.wait_for()
    assert troubles == []
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert re.match(r"default-src 'none'; script-src 'sha256-[^']+';", policy or "")
    page.close()
