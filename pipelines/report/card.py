"""The summary card: question, verdict, sentence and interval on one picture, as SVG and PNG.

What belongs here: laying out one released answer for a slide or a chat. What does not: numbers that
are not on the report's first screen.
"""

from __future__ import annotations

from typing import Any

from pipelines.report.catalogue import Catalogue
from pipelines.report.charts.chart import wrapped
from pipelines.report.page import environment
from pipelines.report.published import Published, Row
from pipelines.report.sections.answer import headline, how_sure_row

WIDTH, HEIGHT = 1200, 630
LEFT, RIGHT = 80, 1120
TITLE_LINE, SENTENCE_LINE = 44, 86
"""Letters that fit a line at the sizes of the template."""


def card_svg(published: Published, text: Catalogue) -> str:
    """The card of the primary question, or of its refusal."""
    primary = published.primary
    if primary is None:
        return _render(text, title=[text("answer.no_question")], sentence=[], verdict=None,
                       program=published.publication["title"], axis=None, facts="")  # fmt: skip
    rows = published.estimates.filter(primary=True).to_dicts()
    lead = headline(rows)
    question = text("answer.question", x=primary["x_label"], y=primary["y_label"])
    facts = text("card.facts", n=text.count(lead["n_units"]),
                 periods=text.count(lead["n_periods"]),
                 day=text.day(lead["period_end"]))  # fmt: skip
    return _render(
        text, title=wrapped(question, TITLE_LINE, 3), verdict=lead["verdict"],
        sentence=wrapped(text.sentence(lead), SENTENCE_LINE, 5),
        program=published.publication["title"], axis=_axis(how_sure_row(rows), text), facts=facts,
    )  # fmt: skip


def card_png(svg: str) -> bytes:
    """The card as a picture of 1,200 x 630 points, as slides and chats want it."""
    import vl_convert  # noqa: PLC0415 - only who makes pictures needs it

    return vl_convert.svg_to_png(svg, scale=1)


def _axis(row: Row | None, text: Catalogue) -> dict[str, Any] | None:
    """Places of the interval, zero and the smallest effect along the card's axis."""
    if row is None or row["conf_low"] is None or row["conf_high"] is None:
        return None
    low, high, sesoi = row["conf_low"], row["conf_high"], row["sesoi"] or 0.0
    start, end = min(-3 * sesoi, low, 0.0), max(3 * sesoi, high, 0.0)
    air = (end - start) * 0.1
    start, end = start - air, end + air

    def place(value: float) -> float:
        return round(LEFT + (value - start) / (end - start) * (RIGHT - LEFT), 1)

    return {
        "zero": place(0.0), "zone_start": place(-sesoi), "zone_end": place(sesoi),
        "low": place(low), "high": place(high), "estimate": place(row["estimate"]),
        "words": {k: text.number(row[k], 2) for k in ("conf_low", "conf_high", "estimate")},
        "small": wrapped(text("sure.zone"), 10) if sesoi else [],
        "measure": text("axis.slope", y=text.scale(row["unit_y"]))
        if row["effect_type"] == "slope" else text("sure.row"),
    }  # fmt: skip


def _render(text: Catalogue, **values: Any) -> str:
    template = environment().get_template("card.svg.j2")
    return template.render(text=text, width=WIDTH, height=HEIGHT, left=LEFT, right=RIGHT, **values)
