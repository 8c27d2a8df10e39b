"""Rows of estimates with their intervals: the one form for every comparison of estimates.

Each row has its name and its number above the interval, so that it reads alike on a phone, a screen
and paper. A refused row keeps its place and says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from pipelines.report.charts.chart import Chart, Row, axis_title, chart

ROW_HEIGHT = 52


def interval_rows(
    name: str,
    table: str,
    rows: Sequence[Row],
    *,
    title: str,
    alternative: str,
    zero: float | None = 0,
    guides: Sequence[float] = (),
    domain: tuple[float, float] | None = None,
    percent: bool = False,
) -> Chart:
    """Rows with `label`, `value`, `low`, `high`, `estimate` and `style`, from top to bottom.

    `guides` are values to compare with.
    """
    placed = [{"order": i, "low": None, "high": None, **row} for i, row in enumerate(rows)]
    x = alt.X(
        "low:Q",
        title=axis_title(title),
        axis=alt.Axis(format="%" if percent else "", grid=True),
        scale=alt.Scale(domain=list(domain) if domain else _domain(placed, zero), nice=False),
    )
    y = alt.Y("order:O", axis=None, scale=alt.Scale(paddingInner=0.1, paddingOuter=0.25))
    layers: list[alt.Chart] = []
    base = alt.Chart()
    layers += [
        _rule_data({"at": at}).mark_rule(style="guide").encode(x=alt.X("at:Q")) for at in guides
    ]
    if zero is not None:
        layers.append(_rule_data({"at": zero}).mark_rule(style="zero").encode(x=alt.X("at:Q")))
    for style in dict.fromkeys(row["style"] for row in placed):
        part = base.transform_filter(alt.datum["style"] == style)
        layers.append(part.transform_filter(alt.datum.low != None)  # noqa: E711 - Vega's own
                      .mark_rule(style=f"{style}-bar").encode(x=x, x2="high:Q", y=y))  # fmt: skip
        layers.append(part.transform_filter(alt.datum.estimate != None)  # noqa: E711
                      .mark_point(style=f"{style}-dot")
                      .encode(x=alt.X("estimate:Q", title=axis_title(title)), y=y,
                              tooltip=_tooltip()))  # fmt: skip
    layers.append(base.mark_text(style="label", align="left", baseline="bottom", dy=-9,
                                 limit=alt.ExprRef("width * 0.6"))
                  .encode(x=alt.value(0), y=y, text="label:N"))  # fmt: skip
    layers.append(base.mark_text(style="value", align="right", baseline="bottom", dy=-9)
                  .encode(x=alt.value("width"), y=y, text="value:N"))  # fmt: skip
    drawn = alt.layer(*layers).properties(height=ROW_HEIGHT * max(len(placed), 1))
    return chart(name, table, placed, drawn, alternative)


def _rule_data(row: Row) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[row]))


def _tooltip() -> list[alt.Tooltip]:
    return [alt.Tooltip("label:N", title=" "), alt.Tooltip("value:N", title="  ")]


def _domain(rows: Sequence[Row], zero: float | None) -> list[float]:
    """A domain that holds all intervals and the zero, with some air."""
    values: list[Any] = [v for row in rows for v in (row["low"], row["high"], row.get("estimate"))]
    found = sorted(v for v in [*values, zero] if v is not None)
    if not found:
        return [-1.0, 1.0]
    air = (found[-1] - found[0] or 1.0) * 0.06
    return [found[0] - air, found[-1] + air]


def how_sure(
    row: Row, *, sesoi: float | None, title: str, none: str, small: str, alternative: str
) -> Chart:
    """One interval, large, against no link and against the range too small to matter.

    `row` has `low`, `high`, `estimate` and these three as text: `low_text`, `high_text`, `value`.
    """
    low, high = row.get("low"), row.get("high")
    ends = [v for v in (low, high, row["estimate"]) if v is not None]
    start, end = max(-1.0, min(-0.25, *ends) - 0.1), min(1.0, max(0.45, *ends) + 0.1)
    x = alt.X("low:Q", title=axis_title(title), scale=alt.Scale(domain=[start, end], nice=False),
              axis=alt.Axis(grid=False, ticks=True, tickCount=6, domain=True))  # fmt: skip
    base = alt.Chart().encode(y=alt.value(84))
    at_zero = _rule_data({"at": 0, "text": none})
    layers: list[alt.Chart] = []
    if sesoi:
        zone = _rule_data({"from": -sesoi, "to": sesoi, "text": small})
        layers += [
            zone.mark_rect(style="zone").encode(
                x=alt.X("from:Q", title=axis_title(title)), x2="to:Q"),
            zone.mark_text(style="note", align="left", baseline="top", dx=5).encode(
                x="to:Q", y=alt.value(24), text="text:N"),
        ]  # fmt: skip
    layers += [
        at_zero.mark_rule(style="zero").encode(x=alt.X("at:Q")),
        at_zero.mark_text(style="note", align="left", baseline="top", dx=5).encode(
            x="at:Q", y=alt.value(4), text="text:N"),
        base.transform_filter("datum.low != null").mark_rule(style="link-bar", strokeWidth=12)
        .encode(x=x, x2="high:Q"),
        base.mark_point(style="link-dot", size=260).encode(x=alt.X("estimate:Q")),
        base.mark_text(style="link-text", fontSize=17, dy=-20).encode(
            x="estimate:Q", text="value:N"),
        base.transform_filter("datum.low != null").mark_text(style="value", dy=22).encode(
            x="low:Q", text="low_text:N"),
        base.transform_filter("datum.low != null").mark_text(style="value", dy=22).encode(
            x="high:Q", text="high_text:N"),
    ]  # fmt: skip
    drawn = alt.layer(*layers).properties(height=128)
    return chart("how_sure", "linkage_estimates", [row], drawn, alternative)
