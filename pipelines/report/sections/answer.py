"""The first screen: question, answer, how sure, how much evidence, and what it does not say."""

from __future__ import annotations

import textwrap
from typing import Any

from pipelines.report.charts.chart import Chart
from pipelines.report.charts.intervals import how_sure
from pipelines.report.published import Row
from pipelines.report.sections.section import POINTS, Context, Section

USUAL = 0.16
"""Observed correlation between business units in the largest published meta-analysis (Harter,
Schmidt and Hayes 2002: 3,199 units)."""


def answer(context: Context) -> Section:
    """The primary question answered, or the sentence that there is none."""
    text, primary = context.text, context.published.primary
    if primary is None:
        return _no_question(context)
    rows = context.published.estimates.filter(primary=True).to_dicts()
    lead = headline(rows)
    sure = how_sure_row(rows)
    chart = _how_sure(context, sure) if sure else None
    return Section(
        "answer",
        text("answer.question", x=primary["x_label"], y=primary["y_label"]),
        says=[text.sentence(lead)],
        charts=[chart] if chart else [],
        refusals=context.refusals([lead]),
        warnings=context.warnings(primary["question_id"]),
        how_to_read=text("sure.how_to_read"),
        template="answer",
        extra={
            "lead": lead,
            "verdict": lead["verdict"],
            "sure": _sure_words(context, sure),
            "sure_row": sure,
            "scale": text("answer.scale" if lead["unit_y"] == POINTS else "answer.scale_other"),
            "facts": _facts(context, lead),
            "not_said": _not_said(context),
        },
    )


def _no_question(context: Context) -> Section:
    text = context.text
    metrics = context.published.tables["dim_metrics"]
    voices = metrics["voice"].unique().to_list()
    words = text("answer.no_question_words")
    if len(voices) == 1:
        words = text("answer.one_voice", voice=text.word(f"{voices[0]}s"))
    return Section("answer", text("answer.no_question"), says=[words], template="no_question")


def headline(rows: list[Row]) -> Row:
    """The corrected slope, or the observed one when the correction is refused."""
    slopes = [r for r in rows if r["effect_type"] == "slope"]
    for component in ("corrected", "observed"):
        for row in slopes:
            if row["component"] == component and row["verdict"] != "refused":
                return row
    return slopes[0]


def how_sure_row(rows: list[Row]) -> Row | None:
    """The estimate to picture: the one with a smallest effect that matters, corrected if given.

    A link is judged on the measured value. Where the corrected interval would say otherwise about
    no link at all than the verdict does, the measured one is pictured.
    """
    given = [
        r for r in rows
        if r["effect_type"] in ("r", "slope") and r["estimate"] is not None
        and r["method"].startswith("unit_means")
    ]  # fmt: skip
    judged = [r for r in given if r["sesoi"] is not None]
    wanted = judged or [r for r in given if r["effect_type"] == "r"]
    for component in ("corrected", "observed"):
        for row in wanted:
            if row["component"] == component and (component == "observed" or _agrees(row)):
                return row
    return None


def _agrees(row: Row) -> bool:
    """Whether the interval holds no link exactly when the verdict says that there may be none."""
    if row["conf_low"] is None or row["conf_high"] is None:
        return True
    off_zero = row["conf_low"] > 0 or row["conf_high"] < 0
    return bool(off_zero == (row["verdict"] in ("supported", "opposite")))


def _how_sure(context: Context, row: Row) -> Chart:
    text = context.text
    shown = context.interval_row(row, text("sure.row"), "link")
    for end in ("low", "high"):
        shown[f"{end}_text"] = text.number(shown[end], 2)
    if row["effect_type"] == "slope":
        title = text("axis.slope", y=text.scale(row["unit_y"]))
    else:
        negative = row["expected_sign"] == "negative"
        title = text("sure.axis_negative" if negative else "sure.axis")
    return how_sure(
        {**shown, "value": text.number(row["estimate"], 2)}, sesoi=row["sesoi"], title=title,
        none=text("sure.no_link"), small=textwrap.wrap(text("sure.zone"), 10),
        alternative=_sure_words(context, row),
    )  # fmt: skip


def _sure_words(context: Context, row: Row | None) -> str:
    """What the picture shows, from where the interval lies."""
    if row is None:
        return context.text("sure.none")
    low, high, sesoi = row["conf_low"], row["conf_high"], row["sesoi"] or 0.0
    if low is None or high is None:
        return context.text("sure.unbounded")
    if not sesoi:
        key = "sure.off_zero" if low > 0 or high < 0 else "sure.holds_zero"
    elif low > sesoi or high < -sesoi:
        key = "sure.clear"
    elif low > 0 or high < 0:
        key = "sure.above_zero"
    elif -sesoi < low and high < sesoi:
        key = "sure.too_small"
    elif row["verdict"] == "practically_none":
        key = "sure.nearly_small"
    else:
        key = "sure.holds_both"
    return context.text(key, sesoi=context.text.number(sesoi, 2))


def _facts(context: Context, row: Row) -> list[dict[str, Any]]:
    """How much evidence and how fresh, as label, value and raw value."""
    text, publication = context.text, context.published.publication
    counts = ["n_units", "n_clusters", "n_periods", "n_responses_x", "n_responses_y"]
    if row["cluster"] == "unit_id":  # each by itself: the groups are the units
        counts.remove("n_clusters")
    facts = [
        {"key": key, "label": text(f"fact.{key}"), "value": text.count(row[key]), "raw": row[key]}
        for key in counts
    ]
    end = row["period_end"]
    facts.append({"key": "period_end", "label": text("fact.fresh"),
                  "value": text.day(end, "medium"), "raw": end})  # fmt: skip
    if publication["stale_sources"]:
        facts.append({"key": "stale", "label": text("fact.stale"),
                      "value": publication["stale_sources"],
                      "raw": publication["stale_sources"]})  # fmt: skip
    return facts


def _not_said(context: Context) -> list[str]:
    text, publication = context.text, context.published.publication
    keys = ["not_said.cause", "not_said.persons", "not_said.hidden"]
    said = [text(key, usual=text.number(USUAL, 2)) for key in keys]
    if publication["suppression"] == "publisher":
        said[-1] = text("not_said.publisher", publisher=publication["publisher"])
    return [*said, text("not_said.usual", usual=text.number(USUAL, 2))]
