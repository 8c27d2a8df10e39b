"""Where and in what form: which side moves first, which items, which segments, is it straight."""

from __future__ import annotations

from pipelines.report.charts.intervals import interval_rows
from pipelines.report.charts.profiles import curve, lag_profile
from pipelines.report.published import Row
from pipelines.report.sections.section import ESTIMATE_COLUMNS, Context, Section, Table


def shape_sections(context: Context) -> list[Section]:
    """Lag, drivers, segments and thresholds."""
    if context.published.primary is None:
        return []
    return [_lags(context), _drivers(context), _segments(context), _curve(context)]


def _refused(context: Context, name: str, *rows: Row) -> Section:
    return Section(name, context.text(f"{name}.title"), refusals=context.refusals(rows))


def _lags(context: Context) -> Section:
    text, primary = context.text, context.published.primary
    assert primary is not None
    profile = sorted(context.published.companion("linkage_lag_profiles"), key=lambda r: r["lag"])
    answers = context.published.answers("lag")
    found = [r for r in answers if r["term"] == "argmax"]
    if not profile or all(r["slope"] is None for r in profile):
        return _refused(context, "lags", *answers)
    rows = [
        {**r, "value": text.number(r["slope"], 2, sign=True), "label": _lag_words(context, r)}
        for r in profile
    ]
    drawn = lag_profile(
        rows, x=text("lags.axis"),
        y=text("axis.slope", y=text.scale(primary["unit_y"])),
        alternative="; ".join(r["label"] for r in rows),
    )  # fmt: skip
    kinds = {"lag": "signed", "slope": "number", "band_low": "number", "band_high": "number",
             "n_pairs": "count", "is_in_lag_set": "flag"}  # fmt: skip
    alike = [text.number(r["lag"], 0, sign=True) for r in profile if r["is_in_lag_set"]]
    says = [*(text.sentence(r) for r in found), text("lags.set", lags=", ".join(alike))]
    return Section(
        "lags", text("lags.title"), says=says, charts=[drawn],
        tables=[Table("linkage_lag_profiles", context.columns(kinds), profile)],
        how_to_read=text("lags.how_to_read"),
    )  # fmt: skip


def _lag_words(context: Context, row: Row) -> str:
    text = context.text
    return text(
        "lags.point", lag=text.number(row["lag"], 0, sign=True),
        slope=text.number(row["slope"], 2), low=text.number(row["band_low"], 2),
        high=text.number(row["band_high"], 2),
    )  # fmt: skip


def _drivers(context: Context) -> Section:
    text = context.text
    table = context.published.companion("linkage_driver_shares")
    table = [r for r in table if r["level"] == "unit"]
    answers = [r for r in context.published.answers("driver") if r["level"] == "unit"]
    for component in ("corrected", "observed"):
        items = [r for r in table if r["component"] == component and r["share"] is not None]
        if items:
            break
    else:
        return _refused(context, "drivers", *answers)
    items.sort(key=lambda r: (-r["share"], r["item"]))
    named = [{**r, "what": text.named("item", r["item"])} for r in items]
    rows = [
        {
            "label": r["what"],
            "value": f"{text.percent(r['share'])}  ({text.percent(r['share_low'])}–"
            f"{text.percent(r['share_high'])}), {_ranks(context, r)}",
            "estimate": r["share"], "low": r["share_low"], "high": r["share_high"],
            "style": "employee" if r["is_in_top_set"] else "muted",
        }
        for r in named
    ]  # fmt: skip
    drawn = interval_rows(
        "drivers", "linkage_driver_shares", rows, title=text("drivers.axis"), percent=True,
        alternative="; ".join(f"{r['label']}: {r['value']}" for r in rows), guides=[1 / len(rows)],
    )  # fmt: skip
    kinds = {"what": "text", "share": "share", "share_low": "share", "share_high": "share",
             "zero_order_r": "number", "rank": "count", "rank_low": "count", "rank_high": "count",
             "is_in_top_set": "flag"}  # fmt: skip
    top = [r["what"] for r in named if r["is_in_top_set"]]
    key = "drivers.all_alike" if len(top) == len(named) else "drivers.top"
    return Section(
        "drivers", text("drivers.title"), charts=[drawn],
        says=[text(key, n=text.count(len(named)), items=", ".join(top)), text("drivers.says")],
        tables=[Table("linkage_driver_shares", context.columns(kinds), named)],
        how_to_read=text("drivers.how_to_read"), refusals=context.refusals(answers),
    )  # fmt: skip


def _ranks(context: Context, row: Row) -> str:
    low, high = row["rank_low"], row["rank_high"]
    if low is None or low == high:
        return context.text("drivers.rank", rank=row["rank"])
    return context.text("drivers.ranks", low=low, high=high)


def _segments(context: Context) -> Section:
    text = context.text
    answers = context.published.answers("segment")
    rows = [
        r for r in answers
        if r["segment"] is not None and r["effect_type"] == "slope" and r["component"] == "observed"
    ]  # fmt: skip
    whole = context.published.answers("between", component="observed", effect_type="slope")
    overall = [r for r in answers if r["component"] == "prediction_interval"]
    test = [r for r in answers if r["effect_type"] == "F" and r["component"] == "observed"]
    if not any(r["estimate"] is not None for r in rows):
        return _refused(context, "segments", *answers)
    names = segment_names(context)
    labels = [segment_label(context, r, names) for r in rows]
    shown = [context.interval_row(r, n, "link") for r, n in zip(rows, labels, strict=True)]
    shown += [context.interval_row(r, text("segments.new"), "muted") for r in overall]
    drawn = interval_rows(
        "segments", "linkage_estimates", shown,
        title=text("axis.slope", y=text.scale(rows[0]["unit_y"])),
        alternative="; ".join(f"{r['label']}: {r['value']}" for r in shown),
        guides=[r["estimate"] for r in whole if r["estimate"] is not None],
    )  # fmt: skip
    kept = [{**r, "what": n} for r, n in zip(rows, labels, strict=True)]
    kept += [{**r, "what": text("segments.new")} for r in overall]
    return Section(
        "segments", text("segments.title"), charts=[drawn],
        says=[*(text.sentence(r) for r in test), text("segments.says")],
        tables=[Table("linkage_estimates", context.columns(ESTIMATE_COLUMNS), kept)],
        how_to_read=text("segments.how_to_read"), refusals=context.refusals(rows),
    )  # fmt: skip


def segment_names(context: Context) -> dict[str, str]:
    """Names of regions and locations by their id, and of what is left of small ones."""
    found = {"other": context.text("segments.other")}
    places = context.published.tables["dim_locations"]
    for level in ("location", "region"):
        for code, name in places.select(f"{level}_id", f"{level}_name").unique().iter_rows():
            if code:
                found[code] = name or code
    return found


def segment_label(context: Context, row: Row, names: dict[str, str]) -> str:
    """Name of a segment and how many units it has."""
    name = context.text.named("segment", row["segment"], names.get(row["segment"]))
    return context.text("segments.label", name=name, n=context.text.count(row["n_units"]))


def _curve(context: Context) -> Section:
    text, primary = context.text, context.published.primary
    assert primary is not None
    bins = [r for r in context.published.companion("linkage_binned_curves")
            if r["mean_y"] is not None]  # fmt: skip
    answers = context.published.answers("nonlinear")
    if not bins:
        return _refused(context, "curve", *answers)
    rows = [
        {**r, "label": text("curve.point", x=text.number(r["mean_x"], 1, sign=True),
                            y=text.number(r["mean_y"], 1, sign=True),
                            interval=text.interval({**r, "conf_shape": "bounded"}, 1),
                            n=text.count(r["n_units"]))}
        for r in sorted(bins, key=lambda r: r["bin"])
    ]  # fmt: skip
    drawn = curve(
        rows, x=text("curve.x", x=primary["x_label"]),
        y=text("curve.y", y=text.scale(primary["unit_y"])),
        alternative="; ".join(r["label"] for r in rows),
    )  # fmt: skip
    kinds = {"bin": "count", "n_units": "count", "mean_x": "number", "mean_y": "number",
             "conf_low": "number", "conf_high": "number"}  # fmt: skip
    tested = [r for r in answers if r["verdict"] is not None and r["effect_type"] == "F"]
    return Section(
        "curve", text("curve.title"), says=[text.sentence(r) for r in tested], charts=[drawn],
        tables=[Table("linkage_binned_curves", context.columns(kinds), rows)],
        how_to_read=text("curve.how_to_read"), refusals=context.refusals(answers),
    )  # fmt: skip
