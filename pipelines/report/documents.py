"""The pages beside the report that are about definitions: data dictionary and methods.

What belongs here: turning the dictionary and the method pages into pages. What does not: the words
of the dictionary (publishing), the methods (docs/methods), what was checked (report.quality).
"""

from __future__ import annotations

import itertools
import re

from markdown_it import MarkdownIt
from markupsafe import Markup

from pipelines.publishing.dictionary import FORMULAE
from pipelines.report.catalogue import TABLES_SPEAK, Catalogue
from pipelines.report.page import render
from pipelines.report.published import Published
from pipelines.settings import PROJECT_ROOT

METHODS = PROJECT_ROOT / "docs" / "methods"
"""English pages; those of another language are in a folder of its name."""


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
