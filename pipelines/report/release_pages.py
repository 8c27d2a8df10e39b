"""All pages of a release: what is written into the candidate, and what once its checks have run.

What belongs here: file names and the order of writing. What does not: what a page says.

    candidate/report.html, hr/report.html, cx/report.html   one per audience, from its tables only
              card.svg, card.png, linkage_estimates.xlsx    from the shared tables
              methods.html, data_dictionary.html, lineage.html
              data_quality.html                             when every check has been evaluated
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.publishing.audiences import AUDIENCES
from pipelines.publishing.sources import SourceRows
from pipelines.report.card import card_png, card_svg
from pipelines.report.catalogue import Catalogue
from pipelines.report.documents import dictionary_page, methods_page
from pipelines.report.lineage import lineage_page
from pipelines.report.page import for_audience, report_page, report_sections
from pipelines.report.published import read_published
from pipelines.report.quality import quality_page
from pipelines.report.sections.section import Section
from pipelines.report.workbook import estimates_workbook

REPORT = "report.html"
QUALITY = "data_quality.html"
SHARED = "shared"
WORKBOOK = "linkage_estimates.xlsx"
BESIDE = (
    ("dictionary", "data_dictionary.html"),
    ("quality", QUALITY),
    ("lineage", "lineage.html"),
    ("workbook", WORKBOOK),
)


def report_path(folder: Path, audience: str) -> Path:
    """Where an audience's report lies in a release."""
    return folder / REPORT if audience == SHARED else folder / audience / REPORT


def write_pages(
    candidate: Path, language: str, labels: Mapping[str, str], manifest: dict[str, Any]
) -> None:
    """Write every page but the one on data quality into the candidate."""
    text = Catalogue(language, labels)
    everything = read_published(candidate, SHARED)
    sections = report_sections(everything, text)
    for audience in AUDIENCES:
        page = _report(candidate, audience, text, sections)
        report_path(candidate, audience).write_text(page, "utf-8")
    svg = card_svg(everything, text)
    (candidate / "card.svg").write_text(svg, "utf-8")
    (candidate / "card.png").write_bytes(card_png(svg))
    (candidate / WORKBOOK).write_bytes(estimates_workbook(everything, text))
    (candidate / "data_dictionary.html").write_text(dictionary_page(everything, text), "utf-8")
    (candidate / "methods.html").write_text(methods_page(text), "utf-8")
    (candidate / "lineage.html").write_text(lineage_page(manifest), "utf-8")


def write_report(
    folder: Path, audience: str, language: str, labels: Mapping[str, str], out: Path
) -> Path:
    """Write one audience's report, from its tables in `folder`, to `out`."""
    text = Catalogue(language, labels)
    sections = report_sections(read_published(folder, SHARED), text)
    out.write_text(_report(folder, audience, text, sections), "utf-8")
    return out


def _report(folder: Path, audience: str, text: Catalogue, sections: Sequence[Section]) -> str:
    published = read_published(folder, audience)
    up = "" if audience == SHARED else "../"
    beside = [(up + name, text(f"page.{key}")) for key, name in BESIDE]
    return report_page(
        published, text, for_audience(sections, published, text), audience=audience,
        beside=beside, methods=f"{up}methods.html#",
    )  # fmt: skip


def write_quality(
    candidate: Path, records: Path, language: str, title: str, sources: Sequence[SourceRows]
) -> None:
    """Write the page on data quality, from the sources and the records of this run's checks."""
    page = quality_page(records, Catalogue(language), title, sources)
    (candidate / QUALITY).write_text(page, "utf-8")
