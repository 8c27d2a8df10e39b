"""Every pair of scores beside the others: the slices a reader picks a metric pair from.

What belongs here: released correlations by pair, window and question, with their sentences. What
does not: units of other pairs; their cells are in no shared table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.report.charts.intervals import interval_rows, row_height
from pipelines.report.published import Row
from pipelines.report.sections.section import ESTIMATE_COLUMNS, Context, Section, Table

METHODS = ("unit_means", "two_way_fe")
"""The correlations of a question; the others are descriptive."""
STYLES = {"observed": "muted", "corrected": "link"}


def pair_sections(context: Context) -> list[Section]:
    """One section when more than one pair or window was asked, none otherwise."""
    primary = context.published.primary
    if primary is None:
        return []
    rows = _rows(context)
    choices = _choices(context, rows)
    if len(choices["pair"]) < 2 and len(choices["window_id"]) < 2:
        return []
    text = context.text
    shown = [
        {**context.interval_row(r, r["what"], STYLES[r["component"]]),
         **{key: r[key] for key in choices}}
        for r in rows
    ]  # fmt: skip
    drawn = interval_rows(
        "pairs", "linkage_estimates", shown, title=text("sure.row"),
        guides=[v for r in rows[:1] if r["sesoi"] for v in (-r["sesoi"], r["sesoi"])],
        alternative="; ".join(f"{r['label']}: {r['value']}" for r in shown),
    )  # fmt: skip
    return [Section(
        "pairs", text("pairs.title"), says=[text("pairs.says")], charts=[drawn], template="pairs",
        tables=[Table("linkage_estimates", context.columns(ESTIMATE_COLUMNS), rows)],
        how_to_read=text("pairs.how_to_read"),
        extra={
            "filters": choices,
            "chosen": {"pair": "", "question": "between", "window_id": primary["window_id"],
                       "component": "observed"},
            "slices": _slices(context, rows),
            "row_height": row_height(shown),
        },
    )]  # fmt: skip


def _rows(context: Context) -> list[Row]:
    """Correlations of all pairs, each with its `pair`, `question` and name."""
    found = []
    for estimand in ("between", "within"):
        for row in context.published.answers(estimand, all_pairs=True, effect_type="r"):
            if row["component"] in STYLES and row["method"].startswith(METHODS):
                named = {"what": pair_name(context, row), "pair": pair_key(row)}
                found.append({**row, **named, "question": estimand})
    return found


def pair_key(row: Row) -> str:
    """What tells pairs apart; the same scores may be asked again of larger groups."""
    subset = row["segment"] if row["segment_by"] == "min_respondents" else None
    return " × ".join(filter(None, (row["x_measure"], row["y_measure"], subset)))


def pair_name(context: Context, row: Row) -> str:
    """A pair in words: the customer score, and the employee score where there are several."""
    several = context.published.estimates["x_measure"].n_unique() > 1
    subset = row["segment"] if row["segment_by"] == "min_respondents" else None
    scores = f"{row['x_label']} × {row['y_label']}" if several else row["y_label"]
    return ", ".join(filter(None, (scores, subset)))


def window_name(context: Context, window_id: str) -> str:
    """A window in words; a period is its own name."""
    return context.text("units.whole_window") if window_id == "pooled" else window_id


def _choices(context: Context, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """The values of each filter with their names."""
    text = context.text
    windows = dict.fromkeys(r["window_id"] for r in rows)
    return {
        "pair": {r["pair"]: pair_name(context, r) for r in rows},
        "question": {r["question"]: text(f"estimand.{r['question']}") for r in rows},
        "window_id": {w: window_name(context, w) for w in windows},
        "component": {r["component"]: text.coded("component", r["component"]) for r in rows},
    }


def _slices(context: Context, rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Pair, question, window and component -> verdict and sentence of what was released."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = "|".join((row["pair"], row["question"], row["window_id"], row["component"]))
        refusal = context.refusal(row) if row["verdict"] == "refused" else None
        verdict = context.text(f"verdict.{row['verdict']}") if row["verdict"] else ""
        words = [context.text.sentence(row)]
        if refusal and refusal.needed:
            words.append(f"{context.text('page.needed')}: {refusal.needed}")
        found[key] = {"sentence": " ".join([f"{verdict}.", *words])}
    return found
