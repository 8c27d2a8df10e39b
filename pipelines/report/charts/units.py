"""Charts of units: every unit as a point, with the line, and where the two voices part."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from pipelines.report.charts.chart import Chart, Row, axis_title, chart, wrapped
from pipelines.report.theme import VOICES

TABLE = "unit_period_scores"
UNITS = "units"
"""Both charts draw the same rows, which are in the file once."""
AXIS_X = alt.Axis(grid=False, titleColor=VOICES["employee"])
AXIS_Y = alt.Axis(titleColor=VOICES["customer"])
LINE, FOUND = "line", "found"
"""Rows of the line with its band, and of units that were looked for: exchanged by the filters."""
CORNER_LETTERS, CORNER_LINE = 26, 15
"""Letters of a line in a corner, so that two corners fit a phone, and its height."""
MARGIN = 12
"""Pixels between the outermost points and the end of an axis."""
MOST_MARKS = 1_000
"""Units up to which each is a mark of Vega; more are painted as one picture behind the axes."""


def extent(rows: Sequence[Row], key: str) -> list[float]:
    """The lowest and the highest value.

    >>> extent([{"x": 2.0}, {"x": 1.0}], "x")
    [1.0, 2.0]
    """
    values = [row[key] for row in rows]
    return [min(values), max(values)]


def scatter(
    rows: Sequence[Row], line: Sequence[Row], *, x: str, y: str, alternative: str
) -> Chart:
    """Units at their two scores; the page adds the line of a slice and units looked for."""
    # the page widens the axes for single periods; a region is seen on the axes of all units
    across, up = (
        alt.Scale(zero=False, nice=True, padding=MARGIN, domain=alt.ExprRef(f"domain_{key}"))
        for key in "xy"
    )
    held = [*rows, *({"x": at["x"], "y": at[end]} for at in line for end in ("low", "high"))]
    domains = [alt.param(name=f"domain_{key}", value=extent(held, key)) for key in "xy"]
    band = alt.Chart(alt.NamedData(LINE)).encode(x=alt.X("x:Q", scale=across))
    dots = alt.Chart().mark_point(
        style="link-mark", invalid="show", opacity=0.55, size=36,
        tooltip=alt.TooltipContent("data"),  # put into words by the page, when one is asked for
    ).encode(
        x=alt.X("x:Q", title=axis_title(x), scale=across, axis=AXIS_X),
        y=alt.Y("y:Q", title=axis_title(y), scale=up, axis=AXIS_Y),
    )
    found = alt.Chart(alt.NamedData(FOUND)).mark_point(style="link-dot", invalid="show").encode(
        x=alt.X("x:Q", scale=across), y=alt.Y("y:Q", scale=up))  # fmt: skip
    drawn = alt.layer(
        band.mark_area(style="link-band", clip=True).encode(y="low:Q", y2="high:Q"),
        dots,
        band.mark_line(style="link-line", clip=True).encode(y="y:Q"),
        found, height=380,
    ).add_params(*domains)  # fmt: skip
    return chart("scatter", TABLE, rows, drawn, alternative, UNITS)


def quadrants(
    rows: Sequence[Row], corners: Sequence[Row], *, x: str, y: str, alternative: str
) -> Chart:
    """Units against the middle of both voices; `corners` name the four fields with their counts."""
    lines = [{**c, "text": wrapped(c["text"], CORNER_LETTERS)} for c in corners]
    # words stand in strips of their own above and below the points
    top, bottom = (
        10 + CORNER_LINE * max(len(c["text"]) for c in lines if c["corner"].endswith(side))
        for side in ("_high", "_low")
    )
    across = alt.Scale(zero=False, nice=True, padding=MARGIN, domain=extent(rows, "x"))
    up = alt.Scale(
        zero=False, nice=True, domain=extent(rows, "y"),
        range=[alt.ExprRef(f"height - {bottom}"), alt.ExprRef(f"{top}")],
    )  # fmt: skip
    middle = corners[0]
    encoded = alt.Chart().encode(
        x=alt.X("x:Q", title=axis_title(x), scale=across, axis=AXIS_X),
        y=alt.Y("y:Q", title=axis_title(y), scale=up, axis=AXIS_Y),
    )
    voices = alt.Scale(domain=list(VOICES), range=list(VOICES.values()))
    dots = encoded.mark_point(style="muted-mark", invalid="show").encode(
        fill=alt.Fill("style:N", scale=voices, legend=None))  # fmt: skip
    rules = alt.Chart(alt.InlineData(values=[{"x": middle["x"], "y": middle["y"]}]))
    words = alt.Chart(alt.InlineData(values=lines))
    labels = [
        words.transform_filter(alt.datum.corner == corner)
        .mark_text(style=style, align=align, baseline=baseline, dx=dx, lineHeight=CORNER_LINE,
                   dy=4 if baseline == "top" else alt.ExprRef(
                       f"-4 - {CORNER_LINE} * (length(datum.text) - 1)"))
        .encode(x=alt.value(place_x), y=alt.value(place_y), text="text:N")
        for corner, style, align, baseline, dx, place_x, place_y in (
            ("high_high", "note", "right", "top", -4, "width", 0),
            ("low_high", "customer-text", "left", "top", 4, 0, 0),
            ("low_low", "note", "left", "bottom", 4, 0, "height"),
            ("high_low", "employee-text", "right", "bottom", -4, "width", "height"),
        )
    ]
    drawn = alt.layer(
        dots, rules.mark_rule(style="guide").encode(x="x:Q"),
        rules.mark_rule(style="guide").encode(y="y:Q"), *labels, height=320 + top + bottom,
    )  # fmt: skip
    return chart("quadrants", TABLE, rows, drawn, alternative, UNITS)
