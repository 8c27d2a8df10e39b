"""The pages beside the report: data dictionary, methods, data quality.

What belongs here: turning the dictionary, the method pages and check results into pages. What does
not: the words of the dictionary (publishing), the checks (data_checks), the methods (docs/methods).
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from markdown_it import MarkdownIt
from markupsafe import Markup

from data_checks.registry import SCHEMAS, Suite, all_suites
from pipelines.publishing.dictionary import FORMULAE
from pipelines.report.catalogue import TABLES_SPEAK, Catalogue
from pipelines.report.page import render
from pipelines.report.published import Published
from pipelines.settings import PROJECT_ROOT

METHODS = PROJECT_ROOT / "docs" / "methods"
"""English pages; those of another language are in a folder of its name."""
FEWEST = 10
"""Counts below this are not given on the data-quality page."""


def dictionary_page(published: Published, text: Catalogue) -> str:
    """The metric catalogue with formulae, and every table and column."""
    dictionary = published.tables["data_dictionary"]
    metrics = [
        {**m, "formula": text.formula(m["metric_kind"], FORMULAE[m["metric_kind"]]),
         "range": f"{text.number(m['value_min'])} – {text.number(m['value_max'])}"}
        for m in published.tables["dim_metrics"].iter_rows(named=True)
    ]  # fmt: skip
    tables = [
        {"name": name[0], "words": text.described(part["table_description"][0]),
         "audiences": part["audiences"][0], "columns": part.to_dicts()}
        for name, part in dictionary.group_by("table_name", maintain_order=True)
    ]  # fmt: skip
    return render("dictionary.html.j2", text, metrics=metrics, tables=tables,
                  page_title=text("dictionary.title"))  # fmt: skip


def methods_page(text: Catalogue) -> str:
    """The method pages of the documentation as one, with an anchor for each.

    A page that nobody has translated is in English.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    first = METHODS / "README.md"
    paths = [first, *sorted(p for p in METHODS.glob("*.md") if p != first)]
    parts = []
    for path in paths:
        own = METHODS / text.language / path.name
        words = (own if own.exists() else path).read_text("utf-8")
        parts.append({
            "name": path.stem, "language": text.language if own.exists() else TABLES_SPEAK,
            "body": Markup(_scrolled(_linked(markdown.render(words)), _subject(words))),
        })  # fmt: skip
    return render("methods.html.j2", text, parts=parts, page_title=text("methods.title"))


def _subject(page: str) -> str:
    """What a page is about: its title up to the question.

    >>> _subject("# Lag: which moves first?")
    'Lag'
    """
    return page.partition("\n")[0].removeprefix("# ").partition(":")[0]


def _scrolled(html: str, name: str) -> str:
    """Wide tables and formulae scroll by themselves, with the keyboard too; codes break at `_`."""
    numbers = itertools.count(1)
    html = re.sub(
        "<table>",
        lambda _: f'<div class="scroll" tabindex="0" role="region" aria-label="{name} '
                  f'{next(numbers)}"><table>',
        html,
    )  # fmt: skip
    html = re.sub(r"<td><code>(\w+)", lambda m: m[0].replace("_", "_<wbr>"), html)
    return html.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')


def _linked(html: str) -> str:
    """Links between method pages become links inside the page; others lose their address."""
    html = re.sub(r'href="(?:\./)?([a-z_-]+)\.md"', r'href="#\1"', html)
    return re.sub(r'<a href="(?!#)[^"]*">(.*?)</a>', r"\1", html)


def quality_page(records: Path, text: Catalogue, title: str) -> str:
    """Which checks ran and what they found, in counts that are safe to show.

    `records` is the folder of JSON records a run leaves, one per table.
    """
    stages = [
        {"name": text(f"quality.stage_{schema}"),
         "suites": [_suite(s, records, text) for s in all_suites() if s.schema == schema]}
        for schema in SCHEMAS
    ]  # fmt: skip
    outcomes = [c["outcome"] for stage in stages for s in stage["suites"] for c in s["checks"]]
    summary = text(
        "quality.summary", passed=text.count(outcomes.count("passed")),
        n=text.count(len(outcomes)), warnings=text.count(outcomes.count("failed")),
    )  # fmt: skip
    return render("quality.html.j2", text, stages=stages, summary=summary, program=title,
                  page_title=text("quality.title"))  # fmt: skip


def _suite(suite: Suite, records: Path, text: Catalogue) -> dict[str, Any]:
    path = records / f"{suite.name}.json"
    found: Sequence[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    by_check = {row["check"]: row for row in found}
    checks = []
    for check in suite.checks:
        row = by_check.get(check.name, {"outcome": "error", "n_evaluated": None,
                                        "n_unexpected": None})  # fmt: skip
        checks.append({
            "name": check.name, "why": text.described(check.why), "outcome": row["outcome"],
            "rows": safe_count(row["n_evaluated"], text),
            "cases": safe_count(row["n_unexpected"], text),
        })  # fmt: skip
    return {"table": suite.table, "checks": checks}


def safe_count(n: int | None, text: Catalogue) -> str:
    """A count no single person can be told from: rounded to two digits, none below ten.

    >>> safe_count(3, Catalogue()), safe_count(1234, Catalogue()), safe_count(0, Catalogue())
    ('fewer than 10', '1,200', '0')
    """
    if n is None:
        return "–"
    if 0 < n < FEWEST:
        return text("quality.few")
    rounded = pl.Series([float(n)]).round_sig_figs(2)[0]
    return text.count(int(rounded))
