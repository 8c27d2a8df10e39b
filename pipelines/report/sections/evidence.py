"""What the answer rests on: reliability of both voices, change over time, coverage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.linkage.intervals import t_quantile
from pipelines.report.charts.chart import Chart
from pipelines.report.charts.intervals import interval_rows
from pipelines.report.charts.profiles import coverage, over_periods
from pipelines.report.published import Row
from pipelines.report.sections.section import ESTIMATE_COLUMNS, Context, Section, Table


def evidence_sections(context: Context) -> list[Section]:
    """Reliability, change and coverage."""
    if context.published.primary is None:
        return [_coverage(context)]
    return [_reliability(context), _change(context), _coverage(context)]


def period_names(context: Context) -> dict[int, str]:
    """Period index -> id."""
    periods = context.published.tables["periods"].select("period_index", "period_id")
    return dict(periods.iter_rows())


def _reliability(context: Context) -> Section:
    text, primary = context.text, context.published.primary
    assert primary is not None
    voices = {"reliability_x": "employee", "reliability_y": "customer"}
    rows = [
        r for r in context.published.answers("between")
        if r["segment"] is None and (r["component"] in voices or r["term"] in voices)
    ]  # fmt: skip
    given = [r for r in rows if r["estimate"] is not None]
    refusals = context.refusals([r for r in rows if r["estimate"] is None])
    charts: list[Chart] = []
    tables: list[Table] = []
    if given:
        shown = [
            {
                **context.interval_row(r, primary[f"{r['component'][-1]}_label"],
                                       voices[r["component"]]),
                "value": f"{text.percent(r['estimate'])}  ({text.percent(r['conf_low'])}–"
                         f"{text.percent(r['conf_high'])})",
            }
            for r in given
        ]  # fmt: skip
        charts.append(interval_rows(
            "reliability", "linkage_estimates", shown, title=text("reliability.axis"),
            percent=True, domain=(0, 1), zero=None, guides=[0.5, 0.7],
            alternative="; ".join(f"{r['label']}: {r['value']}" for r in shown),
        ))  # fmt: skip
        kept = [{**r, "what": s["label"]} for r, s in zip(given, shown, strict=True)]
        tables.append(Table("linkage_estimates", context.columns(ESTIMATE_COLUMNS), kept))
    by_period = _reliability_by_period(context)
    if by_period:
        charts.append(by_period[0])
        tables.append(by_period[1])
    if not charts and not refusals:
        refusals = context.refusals(context.published.answers("aggregation"))
    aggregation = context.published.answers("aggregation", component="icc2")
    says = [text("reliability.says"),
            *(text.sentence(r) for r in aggregation[:1] if r["estimate"] is not None)]  # fmt: skip
    return Section("reliability", text("reliability.title"), says=says if charts else [],
                   charts=charts, tables=tables, refusals=refusals,
                   how_to_read=text("reliability.how_to_read") if charts else "")  # fmt: skip


def _reliability_by_period(context: Context) -> tuple[Chart, Table] | None:
    text, primary = context.text, context.published.primary
    assert primary is not None
    names = period_names(context)
    style = {primary["x_measure"]: "employee", primary["y_measure"]: "customer"}
    label = {primary["x_measure"]: primary["x_label"], primary["y_measure"]: primary["y_label"]}
    found = [
        r for r in context.published.companion("linkage_reliability")
        if r["icc2"] is not None and r["measure"] in style and r["period_index"] in names
    ]  # fmt: skip
    if len({r["period_index"] for r in found}) < 2:
        return None
    rows = [
        {
            "order": r["period_index"], "period": names[r["period_index"]], "value": r["icc2"],
            "low": r["icc2_low"], "high": r["icc2_high"], "style": style[r["measure"]],
            "series": label[r["measure"]],
            "label": f"{names[r['period_index']]}: {text.percent(r['icc2'])}",
        }
        for r in found
    ]  # fmt: skip
    drawn = over_periods(
        "reliability_periods", "linkage_reliability", rows, y=text("reliability.by_period"),
        styles=["employee", "customer"], guides=[0.7], domain=(0, 1), percent=True,
        alternative="; ".join(r["label"] for r in rows),
    )  # fmt: skip
    kinds = {"what": "text", "period": "text", "n_units": "count", "icc1": "number",
             "icc2": "number", "icc2_low": "number", "icc2_high": "number"}  # fmt: skip
    kept = [{**r, "what": label[r["measure"]], "period": names[r["period_index"]]} for r in found]
    return drawn, Table("linkage_reliability", context.columns(kinds), kept)


def _drawn(end: float) -> float:
    """An end of a drawn interval with four digits: more would tell more than the table does.

    >>> _drawn(10.123456), _drawn(-0.98761)
    (10.12, -0.9876)
    """
    return float(f"{end:.4g}")


def _change(context: Context) -> Section:
    text, primary = context.text, context.published.primary
    assert primary is not None
    names = period_names(context)
    answers = context.published.answers("change")
    found = [r for r in context.published.companion("linkage_period_slopes")
             if r["slope"] is not None and r["period_index"] in names]  # fmt: skip
    if len(found) < 2:
        return Section("change", text("change.title"), refusals=context.refusals(answers))
    kept = [{**r, "period": names[r["period_index"]]} for r in found]
    half = next((t_quantile(0.975, r["df"]) for r in answers if r["df"]), 1.96)
    rows = [
        {
            "order": r["period_index"], "period": r["period"], "value": r["slope"],
            "low": _drawn(r["slope"] - half * r["std_error"]),
            "high": _drawn(r["slope"] + half * r["std_error"]), "style": "link", "series": "",
            "label": f"{r['period']}: {text.number(r['slope'], 2)}",
        }
        for r in kept
    ]  # fmt: skip
    whole = context.published.answers("between", component="observed", effect_type="slope")
    drawn = over_periods(
        "change", "linkage_period_slopes", rows, styles=["link"], zero=True,
        y=text("axis.slope", y=text.scale(primary["unit_y"])),
        alternative="; ".join(r["label"] for r in rows),
        guides=[r["estimate"] for r in whole if r["estimate"] is not None],
    )  # fmt: skip
    kinds = {"period": "text", "slope": "number", "std_error": "number"}
    return Section(
        "change", text("change.title"), charts=[drawn],
        says=[_dated(text.sentence(r), names) for r in answers
              if r["verdict"] not in (None, "refused")],
        tables=[Table("linkage_period_slopes", context.columns(kinds), kept)],
        how_to_read=text("change.how_to_read"), refusals=context.refusals(answers),
    )  # fmt: skip


def _dated(sentence: str, names: Mapping[int, str]) -> str:
    """A released sentence with the name of a period in place of its index."""
    return re.sub(r"period index (\d+)",
                  lambda m: names.get(int(m[1]), m[0]), sentence)  # fmt: skip


def _coverage(context: Context) -> Section:
    text = context.text
    scores = context.published.tables["unit_period_scores"]
    rows = _coverage_rows(scores)
    for row in rows:
        row["label"] = text("coverage.point", period=row["period"], n=text.count(row["shown"]),
                            all=text.count(row["all"]))  # fmt: skip
    publication = context.published.publication
    cells, hidden = publication["n_cells"], publication["n_cells_hidden"]
    is_public = publication["suppression"] == "publisher"
    says = [text("coverage.says_publisher" if is_public else "coverage.says",
                 n=text.count(cells), hidden=text.count(hidden),
                 share=text.percent(hidden / cells if cells else 0, 1))]  # fmt: skip
    if not is_public:
        says.append(text("coverage.thresholds", n_employee=publication["threshold_employee"],
                         n_customer=publication["threshold_customer"]))  # fmt: skip
    for voice in ("employee", "customer"):
        share = publication.get(f"unattributed_share_{voice}")
        if share:  # nothing is lost most often, and then nothing needs saying
            says.append(text(f"coverage.no_unit_{voice}", share=text.percent(share, 1)))
    kinds = {"period": "text", "all": "count", "shown": "count", "no_employee": "count",
             "no_customer": "count", "response": "share", "attributed": "share"}  # fmt: skip
    drawn = [coverage(rows, y=text("coverage.axis", units=text.word("units")),
                      alternative="; ".join(r["label"] for r in rows))] if rows else []  # fmt: skip
    tables = [Table("unit_period_scores", context.columns(kinds), rows)] if rows else []
    rates = _rates(context, rows)
    drawn += rates
    if not _known_rates(rows):
        says.append(text("coverage.no_rates"))
    elif not rates:
        says.append(text("coverage.all_rates"))
    return Section("coverage", text("coverage.title"), says=says, charts=drawn, tables=tables,
                   how_to_read=text("coverage.how_to_read"))  # fmt: skip


def _rates(context: Context, rows: Sequence[Row]) -> list[Chart]:
    """Response rate and share of feedback given to a unit, by period; none where not known."""
    text = context.text
    shown = [
        {"order": row["order"], "period": row["period"], "value": row[key], "low": None,
         "high": None, "style": style, "series": text(f"coverage.rate_{name}"),
         "label": f"{row['period']}: {text.percent(row[key], 1)}"}
        for key, name, style in (("response", "response", "employee"),
                                 ("attributed", "attributed", "customer"))
        for row in rows
        if row[key] is not None
    ]  # fmt: skip
    if all(row["value"] == 1 for row in shown):  # a line along the top tells nothing
        return []
    return [over_periods(
        "rates", "unit_period_scores", shown, y=text("coverage.rates"), percent=True,
        styles=["employee", "customer"], domain=(0, 1),
        alternative="; ".join(f"{r['series']}, {r['label']}" for r in shown),
    )]  # fmt: skip


def _known_rates(rows: Sequence[Row]) -> bool:
    return any(row[key] is not None for row in rows for key in ("response", "attributed"))


def _coverage_rows(scores: pl.DataFrame) -> list[Row]:
    """Units by period: all, with both voices, and without one; medians of the released shares."""
    both = pl.col("employee_score").is_not_null() & pl.col("customer_score").is_not_null()
    found = scores.group_by("period_id", "period_start").agg(
        pl.len().alias("all"), both.sum().alias("shown"),
        pl.col("employee_score").is_null().sum().alias("no_employee"),
        pl.col("customer_score").is_null().sum().alias("no_customer"),
        pl.col("response_share").filter(pl.col("employee_score").is_not_null()).median()
        .round(3).alias("response"),
        pl.col("attributed_share").filter(pl.col("customer_score").is_not_null()).median()
        .round(3).alias("attributed"),
    )  # fmt: skip
    ordered = found.sort("period_start").rename({"period_id": "period"}).drop("period_start")
    return [{**row, "order": i} for i, row in enumerate(ordered.to_dicts())]


def audience_tables(context: Context) -> Sequence[Table]:
    """Tables that only one audience may see: response rates for HR, attribution for CX."""
    tables = context.published.tables
    found = []
    if "unit_period_participation" in tables:
        rates = tables["unit_period_participation"].filter(pl.col("unit_level") == "company")
        kinds = {"period": "text", "survey": "text", "n_invited": "count", "n_responded": "count",
                 "response_share": "share"}  # fmt: skip
        rows = rates.rename({"period_id": "period"}).sort("period", "survey").to_dicts()
        found.append(Table("unit_period_participation", context.columns(kinds), rows))
    if "attribution_summary" in tables:
        kinds = {"channel": "text", "attribution_method": "text", "remainder_reason": "text",
                 "n_rows": "count", "n_rows_in_unit": "count"}  # fmt: skip
        summed = tables["attribution_summary"].group_by(
            "channel", "attribution_method", "remainder_reason").agg(
            pl.col("n_rows", "n_rows_in_unit").sum()).sort(
            "channel", "attribution_method", "remainder_reason")  # fmt: skip
        found.append(Table("attribution_summary", context.columns(kinds), summed.to_dicts()))
    return [table for table in found if table.rows]
