"""Rows of estimates with their intervals: the one form for every comparison of estimates.

Each row has its name left of its interval and its number right of it; on a phone both stand above
it. So no line runs through words. A refused row keeps its place and says why.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt

from pipelines.report.charts.chart import Chart, Row, axis_title, chart, wrapped

LETTERS, LINE = 32, 14
"""Letters of a line of a name, and its height."""
NARROW = "width < 560"
"""Where names and numbers go above the intervals, as an expression of Vega."""
NAMES, NUMBERS = 0.31, 0.24
"""Shares of a wide chart kept for names and for numbers."""
PLACES = [
    alt.ExprRef(f"{NARROW} ? 0 : width * {NAMES}"),
    alt.ExprRef(f"{NARROW} ? width : width * {1 - NUMBERS}"),
]


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
    placed = [
        {"order": i, "low": None, "high": None, **row,
         "lines": name_lines(row)}
        for i, row in enumerate(rows)
    ]  # fmt: skip
    x = alt.X(
        "low:Q",
        title=axis_title(title),
        axis=alt.Axis(format="%" if percent else "", grid=True),
        scale=alt.Scale(domain=list(domain) if domain else _domain(placed, zero), nice=False,
                        range=PLACES),
    )  # fmt: skip
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
    raised = f"{NARROW} ? -16 : 0"
    fitted: dict[str, Any] = {
        "dy": alt.ExprRef(f"({raised}) - {LINE / 2} * (length(datum.lines) - 1)"),
        "lineHeight": LINE,
        "limit": alt.ExprRef(f"{NARROW} ? width * 0.6 : width * {NAMES} - 12"),
    }  # fmt: skip
    layers.append(base.mark_text(style="label", align="left", baseline="middle", **fitted)
                  .encode(x=alt.value(0), y=y, text="lines:N"))  # fmt: skip
    layers.append(base.mark_text(style="value", align="right", baseline="middle",
                                 dy=alt.ExprRef(raised))
                  .encode(x=alt.value("width"), y=y, text="value:N"))  # fmt: skip
    drawn = alt.layer(*layers, height=row_height(rows) * max(len(placed), 1))
    return chart(name, table, placed, drawn, alternative)


def name_lines(row: Row) -> list[str]:
    """The name of a row in lines."""
    return wrapped(row["label"], LETTERS)


def row_height(rows: Sequence[Row]) -> int:
    """Height of each row: its interval and the longest name above it, of two lines or more.

    >>> row_height([{"label": "short"}]), row_height([{"label": "some words " * 8}])
    (46, 60)
    """
    return 18 + LINE * max([2, *(len(name_lines(row)) for row in rows)])


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
    row: Row, *, sesoi: float | None, title: str, none: str, small: Sequence[str], alternative: str
) -> Chart:
    """One interval, large, against no link and against the range too small to matter.

    `row` has `low`, `high`, `estimate` and these three as text: `low_text`, `high_text`, `value`.
    `none` is written at zero on the axis, `small` as lines inside the range too small to matter.
    """
    ends = [v for v in (row.get("low"), row.get("high"), row["estimate"]) if v is not None]
    ends += [0.0, -2.5 * (sesoi or 0.0), 2.5 * (sesoi or 0.0)]
    air = (max(ends) - min(ends)) * 0.16
    # the words at zero need room: numbers too near to them are left out, never the words
    near = (len(none) + 2) * 0.0125 * (max(ends) - min(ends) + 2 * air)
    labels = (
        f"datum.value == 0 ? '0 ' + {json.dumps(none)} : "
        f"abs(datum.value) < {near:.4f} ? '' : datum.label"
    )
    scale = alt.Scale(domain=[min(ends) - air, max(ends) + air], nice=False)
    axis = alt.Axis(grid=False, ticks=True, tickCount=5, domain=True, labelExpr=labels)
    x = alt.X("low:Q", title=axis_title(title), scale=scale, axis=axis)
    base = alt.Chart().encode(y=alt.value(84))
    layers: list[alt.Chart] = []
    if sesoi:
        zone = _rule_data({"from": -sesoi, "to": sesoi, "at": 0, "text": list(small)})
        layers += [
            zone.mark_rect(style="zone").encode(
                x=alt.X("from:Q", title=axis_title(title)), x2="to:Q"),
            zone.mark_text(style="note", align="center", baseline="top", lineHeight=14).encode(
                x="at:Q", y=alt.value(5), text="text:N"),
        ]  # fmt: skip
    layers += [
        _rule_data({"at": 0}).mark_rule(style="zero").encode(
            x=alt.X("at:Q"), y=alt.value(38 if sesoi else 0), y2=alt.value("height")),
        base.transform_filter("datum.low != null").mark_rule(style="link-bar", strokeWidth=12)
        .encode(x=x, x2="high:Q"),
        base.mark_point(style="link-dot", size=260).encode(x=alt.X("estimate:Q")),
        base.mark_text(style="link-text", fontSize=17, dy=-20).encode(
            x="estimate:Q", text="value:N"),
        *(
            # away from each other: the ends of a short interval would be one word
            base.transform_filter("datum.low != null").mark_text(
                style="value", dy=22, align=align, dx=dx
            ).encode(x=f"{end}:Q", text=f"{end}_text:N")
            for end, align, dx in (("low", "right", -4), ("high", "left", 4))
        ),
    ]  # fmt: skip
    drawn = alt.layer(*layers, height=128)
    return chart("how_sure", "linkage_estimates", [row], drawn, alternative)
