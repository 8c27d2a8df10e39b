"""The report as one file: sections, data block, scripts and styles put together.

What belongs here: the order of the sections and the rendering. What does not: what a section says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from altair.utils import schemapi
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipelines.linkage.estimates import VERDICTS
from pipelines.report.assets import (
    format_locale,
    policy,
    safe_json,
    static,
    vega_bundle,
    vega_chart,
)
from pipelines.report.catalogue import Catalogue
from pipelines.report.charts.chart import Chart
from pipelines.report.charts.units import MOST_MARKS
from pipelines.report.published import Published
from pipelines.report.sections.answer import answer
from pipelines.report.sections.appendix import appendix_sections
from pipelines.report.sections.attribution import attribution_sections
from pipelines.report.sections.evidence import audience_tables, evidence_sections
from pipelines.report.sections.pairs import pair_sections
from pipelines.report.sections.section import Context, Section
from pipelines.report.sections.shape import shape_sections
from pipelines.report.sections.strength import strength_sections
from pipelines.report.sections.units import unit_sections
from pipelines.report.theme import chart_config

TEMPLATES = Path(__file__).parent / "templates"
COLUMNWISE = 200
"""Rows from which a chart's data are written by column, without repeating names."""


def report_page(
    published: Published,
    text: Catalogue,
    sections: Sequence[Section],
    *,
    audience: str,
    beside: Sequence[tuple[str, str]],
    methods: str,
) -> str:
    """The report of one audience as HTML that needs nothing but itself.

    `beside` are links to the other pages of the release: address and name; `methods` is where the
    page of methods lies.
    """
    primary = published.primary
    day = primary["period_end"] if primary else published.tables["periods"]["period_end"].max()
    return render(
        "report.html.j2", text,
        scripts={"vega": vega_bundle(), "cloud": static("cloud.js"), "js": static("report.js")},
        sections=sections, publication=published.publication, audience=audience, beside=beside,
        data=Markup(safe_json(data_block(sections, text))),
        data_up_to=text.day(day), verdicts=VERDICTS, slice=slice_words(primary, text),
        page_title=published.publication["title"], methods_url=methods,
    )  # fmt: skip


def slice_words(primary: Mapping[str, Any] | None, text: Catalogue) -> str:
    """Which slice a chart shows when nothing else was chosen: the primary pair and its window."""
    if primary is None:
        return ""
    if primary["period_start"] is None:
        return ""  # a window without a score
    first, last = (text.day(primary[k], "medium") for k in ("period_start", "period_end"))
    return text("page.slice", x=primary["x_label"], y=primary["y_label"], first=first, last=last)


def report_sections(published: Published, text: Catalogue) -> list[Section]:
    """Every section of the shared report, in reading order."""
    context = Context(published, text)
    # tests check every chart; in each run that would take seconds
    with schemapi.debug_mode(False), _schemas_known():
        units = unit_sections(context)
        return [
            answer(context), *units[:1], *strength_sections(context), *pair_sections(context),
            *shape_sections(context), *units[1:], *evidence_sections(context),
            *attribution_sections(context), *appendix_sections(context),
        ]  # fmt: skip


@cache
def _known_schemas() -> Any:
    return schemapi._FromDict(schemapi.SchemaBase._default_wrapper_classes())


@contextmanager
def _schemas_known() -> Iterator[None]:
    """With altair's table of its 600 schemas made once: it makes one for each `x="low:Q"`, half of
    the time that all charts take."""
    known = _known_schemas()
    with patch.object(schemapi, "_FromDict", lambda _classes: known):
        yield


def for_audience(
    sections: Sequence[Section], published: Published, text: Catalogue
) -> list[Section]:
    """The shared sections with the tables that this audience may see besides."""
    more = audience_tables(Context(published, text))
    return [replace(s, tables=[*s.tables, *more]) if s.name == "coverage" else s for s in sections]


def data_block(sections: Sequence[Section], text: Catalogue) -> dict[str, Any]:
    """All data of the report: rows by table and chart, specifications, slices of units."""
    charts: list[Chart] = [chart for section in sections for chart in section.charts]
    config = json.dumps(chart_config())
    made = [vega_chart(json.dumps(chart.spec), config) for chart in charts]
    units = next((s.extra for s in sections if s.template == "units"), None)
    pairs = next((s.extra for s in sections if s.template == "pairs"), None)
    return {
        "tables": {chart.data_name: _columnwise(chart.rows) for chart in charts},
        "charts": {chart.name: {"table": chart.data_name, "spec": spec}
                   for chart, (spec, _) in zip(charts, made, strict=True)},
        "units": {
            "slices": units["slices"] if units else {},
            "cells": _columnwise(units["cells"]) if units else [],
            "names": units["names"] if units else {},
            "words": {
                "shown": text("units.shown", n="{n}", all="{all}"),
                "no_line": text("units.no_line"),
            },
        },
        "pairs": pairs and {"slices": pairs["slices"], "chosen": pairs["chosen"],
                            "none": text("pairs.none"), "row_height": pairs["row_height"]},
        "words": {"rows": text("estimates.shown", n="{n}", all="{all}")},
        "most_marks": MOST_MARKS,
        "config": made[0][1] if made else {},
        "locale": format_locale(text.language),
    }


def _columnwise(rows: Sequence[Mapping[str, Any]]) -> Any:
    if len(rows) < COLUMNWISE:
        return rows
    columns = list(rows[0])
    return {"columns": columns, "values": [[row[c] for row in rows] for c in columns]}


def render(
    template: str, text: Catalogue, *, scripts: Mapping[str, str] | None = None, **values: Any
) -> str:
    """A template with our styles, these scripts, and a policy that allows nothing else."""
    css = static("report.css")
    named = {name: Markup(script) for name, script in (scripts or {}).items()}
    return environment().get_template(template).render(
        text=text, css=Markup(css), policy=Markup(policy(list((scripts or {}).values()), [css])),
        **named, **values,
    )  # fmt: skip


@cache
def environment() -> Environment:
    """Templates that escape every value; each is compiled once."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters["coded"] = coded
    return found


def coded(words: str) -> Markup:
    """Words with what stands between backticks as code.

    >>> coded("Use `kind` & <b>.")
    Markup('Use <code>kind</code> &amp; &lt;b&gt;.')
    """
    # escaped above, so that nothing but the marks of code is markup
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(words))))
