"""Charts along an axis that has an order: lags, scores and periods."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from pipelines.report.charts.chart import Chart, Row, axis_title, chart
from pipelines.report.theme import VOICES

HEIGHT = 300
EMPLOYEE, CUSTOMER = VOICES["employee"], VOICES["customer"]
PERIODS = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8, grid=False)


def _zero() -> alt.Chart:
    return alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(style="zero").encode(y="at:Q")


def lag_profile(rows: Sequence[Row], *, x: str, y: str, alternative: str) -> Chart:
    """Slope by lag with its simultaneous band; lags that cannot be told apart are filled."""
    base = alt.Chart().encode(
        x=alt.X("lag:Q", title=axis_title(x), scale=alt.Scale(padding=14, nice=False),
                axis=alt.Axis(grid=False, values=[row["lag"] for row in rows], labelOverlap=False,
                              tickCount=len(rows),  # the theme's count would thin the values
                              labelExpr="datum.value ? format(datum.value, '+d') : '0'")),
    )  # fmt: skip
    points = base.encode(y="slope:Q", tooltip=[alt.Tooltip("label:N", title=" ")])
    drawn = alt.layer(
        base.mark_area(style="link-band").encode(
            y=alt.Y("band_low:Q", title=axis_title(y)), y2="band_high:Q"),
        _zero(),
        base.mark_line(style="link-line").encode(y="slope:Q"),
        points.transform_filter("!datum.is_in_lag_set").mark_point(style="muted-dot"),
        points.transform_filter("datum.is_in_lag_set").mark_point(style="link-dot", size=190),
        base.transform_filter("datum.is_in_lag_set").mark_text(style="link-text", dy=-16)
        .encode(y="slope:Q", text="value:N"),
        height=HEIGHT,
    )  # fmt: skip
    return chart("lags", "linkage_lag_profiles", rows, drawn, alternative)


def curve(rows: Sequence[Row], *, x: str, y: str, alternative: str) -> Chart:
    """Mean customer score in bins of units ordered by employee score, with intervals."""
    base = alt.Chart().encode(
        x=alt.X("mean_x:Q", title=axis_title(x), axis=alt.Axis(grid=False, titleColor=EMPLOYEE)),
        tooltip=[alt.Tooltip("label:N", title=" ")],
    )
    drawn = alt.layer(
        _zero(),
        base.mark_line(style="link-line", opacity=0.35).encode(
            y=alt.Y("mean_y:Q", title=axis_title(y), axis=alt.Axis(titleColor=CUSTOMER))),
        base.mark_rule(style="link-bar").encode(y="conf_low:Q", y2="conf_high:Q"),
        base.mark_point(style="link-dot").encode(y="mean_y:Q"),
        height=HEIGHT,
    )  # fmt: skip
    return chart("curve", "linkage_binned_curves", rows, drawn, alternative)


def over_periods(
    name: str,
    table: str,
    rows: Sequence[Row],
    *,
    y: str,
    alternative: str,
    styles: Sequence[str],
    zero: bool = False,
    percent: bool = False,
    guides: Sequence[float] = (),
    domain: tuple[float, float] | None = None,
) -> Chart:
    """Lines over periods, each with its band and its name at the end of the line.

    Rows have `period`, `order`, `value`, `low`, `high`, `style` and `series`.
    """
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=zero)
    axis = alt.Axis(format="%") if percent else alt.Axis()
    x = alt.X("period:O", title=None, sort=alt.SortField("order"), scale=alt.Scale(padding=0.4),
              axis=PERIODS)  # fmt: skip
    layers: list[alt.Chart] = [
        alt.Chart(alt.InlineData(values=[{"at": at}])).mark_rule(style="guide").encode(
            y=alt.Y("at:Q", scale=scale)) for at in guides
    ]  # fmt: skip
    if zero:
        layers.append(_zero())
    last = max((row["order"] for row in rows), default=0)
    ends = {row["style"]: row["value"] for row in rows if row["order"] == last}
    highest = max(ends, key=lambda style: ends[style], default=None)
    for style in styles:
        part = alt.Chart().transform_filter(alt.datum["style"] == style).encode(x=x)
        layers += [
            part.mark_area(style=f"{style}-band").encode(
                y=alt.Y("low:Q", scale=scale, title=axis_title(y), axis=axis), y2="high:Q"),
            part.mark_line(style=f"{style}-line").encode(
                y=alt.Y("value:Q", scale=scale, title=axis_title(y), axis=axis)),
            part.mark_point(style=f"{style}-dot", size=56).encode(
                y="value:Q", tooltip=[alt.Tooltip("label:N", title=" ")]),
            part.transform_filter(alt.datum.order == last)
            .mark_text(style=f"{style}-text", align="right", dx=14,
                       dy=-16 if style == highest else 18)
            .encode(y="value:Q", text="series:N"),
        ]  # fmt: skip
    drawn = alt.layer(*layers, height=260)
    return chart(name, table, rows, drawn, alternative)


def coverage(rows: Sequence[Row], *, y: str, alternative: str) -> Chart:
    """Units by period: both voices shown, and those without one, stacked."""
    base = alt.Chart().encode(
        x=alt.X("period:O", title=None, sort=alt.SortField("order"),
                axis=PERIODS),
        tooltip=[alt.Tooltip("label:N", title=" ")],
    )  # fmt: skip
    drawn = alt.layer(
        base.mark_bar(style="link-fill", cornerRadiusEnd=2).encode(
            y=alt.Y("shown:Q", title=axis_title(y))),
        base.mark_bar(style="hidden", cornerRadiusEnd=2).encode(y="shown:Q", y2="all:Q"),
        height=170,
    )  # fmt: skip
    return chart("coverage", "unit_period_scores", rows, drawn, alternative)
