"""All pages of a release: what is written into the candidate, and what once its checks have run.

What belongs here: file names and the order of writing. What does not: what a page says.

    candidate/report.html, hr/report.html, cx/report.html   one per audience, from its tables only
              methods.html, data_dictionary.html, lineage.html
              data_quality.html                             when every check has been evaluated
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.report.catalogue import Catalogue
from pipelines.report.documents import dictionary_page, methods_page, quality_page
from pipelines.report.lineage import lineage_page
from pipelines.report.page import report_page
from pipelines.report.published import read_published

REPORT = "report.html"
QUALITY = "data_quality.html"
SHARED = "shared"
BESIDE = (
    ("dictionary", "data_dictionary.html"),
    ("quality", QUALITY),
    ("lineage", "lineage.html"),
)


def report_path(folder: Path, audience: str) -> Path:
    """Where an audience's report lies in a release."""
    return folder / REPORT if audience == SHARED else folder / audience / REPORT


def write_pages(
    candidate: Path, language: str, labels: Mapping[str, str], manifest: dict[str, Any]
) -> None:
    """Write every page but the one on data quality into the candidate."""
    text = Catalogue(language, labels)
    for audience in (SHARED, "hr", "cx"):
        published = read_published(candidate, audience)
        up = "" if audience == SHARED else "../"
        beside = [(up + name, text(f"page.{key}")) for key, name in BESIDE]
        page = report_page(published, text, audience, beside, f"{up}methods.html#")
        report_path(candidate, audience).write_text(page, "utf-8")
    everything = read_published(candidate, SHARED)
    (candidate / "data_dictionary.html").write_text(dictionary_page(everything, text), "utf-8")
    (candidate / "methods.html").write_text(methods_page(text), "utf-8")
    (candidate / "lineage.html").write_text(lineage_page(manifest), "utf-8")


def write_quality(candidate: Path, records: Path, language: str, title: str) -> None:
    """Write the page on data quality, from the records this run's checks have left."""
    page = quality_page(records, Catalogue(language), title)
    (candidate / QUALITY).write_text(page, "utf-8")
