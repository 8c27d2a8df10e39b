"""How strong: as measured against corrected, between units against within them, and the ladder."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.report.charts.intervals import interval_rows
from pipelines.report.published import Row
from pipelines.report.sections.section import ESTIMATE_COLUMNS, Context, Section, Table


def strength_sections(context: Context) -> list[Section]:
    """Three comparisons of the same slope."""
    if context.published.primary is None:
        return []
    return [_corrected(context), _within(context), _ladder(context)]


def _corrected(context: Context) -> Section:
    text = context.text
    rows = [
        r for r in context.published.answers("between")
        if r["effect_type"] in ("slope", "r") and r["component"] in ("observed", "corrected")
        and r["method"].startswith("unit_means") and r["segment"] is None
    ]  # fmt: skip
    slopes = [r for r in rows if r["effect_type"] == "slope"]
    labels = [text(f"component.{r['component']}") for r in slopes]
    words = [text("corrected.says")]
    return _comparison(context, "corrected", slopes, labels, words, more=rows)


def _within(context: Context) -> Section:
    text = context.text
    found: list[Row] = []
    labels: list[str] = []
    for estimand in ("between", "within"):
        for row in context.published.answers(estimand, effect_type="slope", component="observed"):
            if row["segment"] is None:
                found.append(_best(context, row))
                labels.append(text(f"within.{estimand}"))
    lead = [
        _best(context, r)
        for r in context.published.answers("within", effect_type="slope", component="observed")
    ]
    says = [text("within.says"), *(text.sentence(r) for r in lead[:1] if r["estimate"])]
    return _comparison(context, "within", found, labels, says)


def _best(context: Context, observed: Row) -> Row:
    """The corrected row of the same question if it is given."""
    rows = context.published.answers(
        observed["estimand"], all_pairs=True, question_id=observed["question_id"],
        component="corrected", effect_type="slope",
    )  # fmt: skip
    return rows[0] if rows and rows[0]["estimate"] is not None else observed


def _ladder(context: Context) -> Section:
    text = context.text
    rungs: dict[str, Row] = {}
    for row in context.published.answers("adjusted", effect_type="slope"):
        held = row["adjusted_for"] or ""
        if row["component"] == "corrected" and row["estimate"] is None:
            continue
        if row["component"] in ("observed", "corrected"):
            rungs[held] = row
    labels = [held_fixed(context, held) for held in rungs]
    robust = context.published.answers("adjusted", component="robustness_value")
    strongest = [r for r in robust if r["level"] == "unit" and r["estimate"] is not None][-1:]
    says = [text("ladder.says"), *(text.sentence(r) for r in strongest)]
    refused = [
        r for r in context.published.answers("adjusted", effect_type="slope")
        if (r["adjusted_for"] or "") not in rungs
    ]  # fmt: skip
    return _comparison(context, "ladder", list(rungs.values()), labels, says, refused=refused)


def held_fixed(context: Context, held: str) -> str:
    """What is held fixed, in words."""
    names = {"region_id": "region", "location_id": "location", "unit_id": "unit_itself"}
    known = ("period", "region", "location", "unit_itself", "log_headcount")
    parts = [names.get(part, part) for part in held.split(",") if part]
    return ", ".join(context.text(f"held.{p}") if p in known else p for p in parts)


def _comparison(
    context: Context, name: str, rows: Sequence[Row], labels: Sequence[str],
    says: Sequence[str], *, more: Sequence[Row] = (), refused: Sequence[Row] = (),
) -> Section:  # fmt: skip
    """Slopes beside each other, with the table of them; refused rows keep their place."""
    text = context.text
    given = [row for row in rows if row["estimate"] is not None]
    refusals = context.refusals([*rows, *refused])
    if not given:
        return Section(name, text(f"{name}.title"), refusals=refusals)
    units = {row["unit_y"] for row in given}
    unit = units.pop() if len(units) == 1 else text("axis.points")
    drawn = interval_rows(
        name, "linkage_estimates",
        [
            context.interval_row(r, label, "muted" if r["component"] == "observed"
                                 and name == "corrected" else "link")
            for r, label in zip(rows, labels, strict=True)
        ],
        title=text("axis.slope", y=text.scale(unit)),
        alternative="; ".join(
            f"{label}: {context.value(r)}" for r, label in zip(rows, labels, strict=True)
        ),
    )  # fmt: skip
    kept = [{**row, "what": label} for row, label in zip(rows, labels, strict=True)]
    kept += [{**r, "what": f"{text('component.' + r['component'])}, r"}
             for r in more if r["effect_type"] == "r"]  # fmt: skip
    table = Table("linkage_estimates", context.columns(ESTIMATE_COLUMNS), kept)
    return Section(name, text(f"{name}.title"), says=says, charts=[drawn], tables=[table],
                   how_to_read=text(f"{name}.how_to_read"), refusals=refusals)  # fmt: skip
