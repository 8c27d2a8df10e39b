"""Does the link hold however feedback is given to units? The correlation under each rule."""

from __future__ import annotations

import polars as pl

from pipelines.report.charts.intervals import interval_rows
from pipelines.report.sections.section import Context, Refusal, Section, Table

TABLE = "linkage_attribution_rules"
COLUMNS = {"what": "text", "estimate": "number", "conf_low": "number", "conf_high": "number",
           "n_units": "count", "share_of_feedback": "share", "guard_code": "code"}  # fmt: skip


def attribution_sections(context: Context) -> list[Section]:
    """One section when rules of attribution were compared or refused, none otherwise."""
    text, primary = context.text, context.published.primary
    table = context.published.tables.get(TABLE)
    if primary is None or table is None or table.is_empty():
        return []
    rules = table.filter(
        pl.col("x_measure") == primary["x_measure"], pl.col("y_measure") == primary["y_measure"]
    ).to_dicts()
    if len(rules) == 1 and rules[0]["estimate"] is not None:
        return []  # one way of giving feedback to units: nothing to compare
    named = [{**r, "what": _name(context, r["rule"])} for r in rules]
    given = [r for r in named if r["estimate"] is not None]
    if not given:
        refusal = Refusal(text("attribution.refused"), text("attribution.needed"), "too_few_units")
        return [Section("attribution", text("attribution.title"), refusals=[refusal])]
    shown = [context.interval_row({**r, "conf_shape": "bounded"}, r["what"], "link") for r in named]
    drawn = interval_rows(
        "attribution", TABLE, shown, title=text("sure.row"),
        alternative="; ".join(f"{r['label']}: {r['value']}" for r in shown),
    )  # fmt: skip
    return [Section(
        "attribution", text("attribution.title"), says=[text("attribution.says")], charts=[drawn],
        tables=[Table(TABLE, context.columns(COLUMNS), named)],
        how_to_read=text("attribution.how_to_read"),
    )]  # fmt: skip


def _name(context: Context, rule: str) -> str:
    known = ("direct_unit", "ticket_group", "agent", "location", "shared")
    parts = rule.split(" + ")
    return " + ".join(context.text(f"attribution.{p}") if p in known else p for p in parts)
