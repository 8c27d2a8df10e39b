"""The result card: the primary pair's answer on one screen.

What belongs here: the words and lines of the card, from published tables only. What does not:
numbers that are not in those tables.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import polars as pl

from pipelines.linkage.wording import counted, level_names

WIDTH = 79
VERDICTS = {
    "supported": "SUPPORTED: the link is there, in the expected direction",
    "opposite": "OPPOSITE: there is a link, against the expected direction",
    "practically_none": "PRACTICALLY NONE: any link is too small to matter",
    "inconclusive": "INCONCLUSIVE: these data cannot tell",
    "refused": "REFUSED: no number would be honest here",
}


def result_card(frames: Mapping[str, pl.DataFrame]) -> str:
    """The card of the primary question, and one line for each of the others."""
    estimates, guards = frames["linkage_estimates"], frames["linkage_guards"]
    publication = frames["publication"].row(0, named=True)
    if estimates.is_empty():
        return "\n".join(_without_question(frames, publication))
    primary = estimates.filter("primary")
    lines = _head(publication, primary)
    lines += _numbers(primary)
    lines += _warnings(guards, primary["question_id"][0], publication)
    others = list(dict.fromkeys(_other(part) for part in _other_questions(estimates)))
    if others:
        lines += ["", "Other questions of this program:"]
        lines += [line for other in others for line in textwrap.wrap(
            other, WIDTH, initial_indent="  ", subsequent_indent=" " * 15)]  # fmt: skip
    return "\n".join(lines)


def _without_question(frames: Mapping[str, pl.DataFrame], publication: Mapping) -> list[str]:
    """Why nothing was linked, and how much of each voice is shown all the same."""
    voices = set(frames["dim_metrics"]["voice"])
    absent = sorted({"employee", "customer"} - voices)
    reason = (
        f"One of the two voices was not heard: the program has no {absent[0]} scores. Declare a "
        f"source and a metric of the {absent[0]} voice, and the pair under `linkage`."
        if absent
        else "The program declares no question. Add the pair under `linkage`."
    )
    lines = [publication["title"], "", VERDICTS["refused"], *_wrapped(reason), ""]
    for voice in sorted(voices):
        cells = frames[f"{voice}_unit_period_metrics"].filter(pl.col("unit_level") == "unit")
        shown = (cells["reason_code"] == "released").sum()
        lines.append(
            f"  {voice} scores: {counted(cells['unit_id'].n_unique(), 'unit')}, "
            f"{counted(cells['period_id'].n_unique(), 'period')}; "
            f"{shown:,} of {cells.height:,} may be shown"
        )
    return lines + _warnings(frames["linkage_guards"], "", publication)


def _head(publication: Mapping, primary: pl.DataFrame) -> list[str]:
    row = primary.row(0, named=True)
    return [
        publication["title"],
        *_wrapped(f"Does {row['x_label']!r} track {row['y_label']!r}?"),
        f"window {row['window_id']} ({_days(row)})",
        "",
        VERDICTS[row["verdict"]],
        *_wrapped(_headline(primary)),
        "",
    ]


def _days(row: Mapping) -> str:
    if row["period_start"] is None:
        return "no score lies in it"
    return f"{row['period_start']} to {row['period_end']}"


def _headline(primary: pl.DataFrame) -> str:
    """Sentence of the corrected slope, or of the observed one when the correction is refused."""
    slopes = primary.filter(pl.col("effect_type") == "slope")
    for component in ("corrected", "observed"):
        found = slopes.filter((pl.col("component") == component) & (pl.col("verdict") != "refused"))
        if found.height:
            return found["sentence"][0]
    return slopes["sentence"][0]


def _numbers(primary: pl.DataFrame) -> list[str]:
    row = primary.row(0, named=True)
    answers = [
        "unknown" if row[c] is None else f"{row[c]:,}" for c in ("n_responses_x", "n_responses_y")
    ]
    lines = [
        f"  {_units(row)}, {counted(row['n_periods'], 'period')}",
        f"  answers: {answers[0]} employees, {answers[1]} customers",
        "",
        f"  {'':32}{'estimate':>10}   95% interval",
    ]
    for r in primary.iter_rows(named=True):
        if r["effect_type"] not in ("slope", "r"):
            continue
        name = f"{r['effect_type']}, {r['component']} ({_method(r)})"
        if r["estimate"] is None:
            lines.append(f"  {name:32}{'-':>10}   not given: {r['guard_code']}")
        else:
            lines.append(f"  {name:32}{r['estimate']:>+10.3g}   {_interval(r)}")
    observed = primary.filter(pl.col("p_value").is_not_null())
    if observed.height:
        p_value = observed["p_value"][0]
        shown = f"p = {p_value:.3f}" if p_value >= 0.001 else "p < 0.001"
        lines += ["", f"  {shown} (primary question, not adjusted)"]
    return lines


def _units(row: Mapping) -> str:
    """Units, and the groups of them that are not independent."""
    if row["cluster"] == "unit_id":
        return f"{counted(row['n_units'], 'unit')}, each by itself"
    level = level_names(row["cluster"])[row["n_clusters"] != 1]
    return f"{counted(row['n_units'], 'unit')} in {row['n_clusters']:,} {level}"


def _method(row: Mapping) -> str:
    if row["conf_method"] == "fisher_z":
        return "Fisher z"
    return str(row["method"]).split("/")[0].replace("_", " ")


def _interval(row: Mapping) -> str:
    if row["conf_low"] is None or row["conf_high"] is None:
        return "no bounded interval"
    return interval_figures(row)


def interval_figures(row: Mapping) -> str:
    """Both ends of an interval; an exclusive one is all that does not lie between them."""
    low, high = f"{row['conf_low']:+.3g}", f"{row['conf_high']:+.3g}"
    outside = row["conf_shape"] == "exclusive"
    return f"below {low} or above {high}" if outside else f"{low} to {high}"


def _warnings(guards: pl.DataFrame, question: str, publication: Mapping) -> list[str]:
    lines = [""]
    found = guards.filter(
        (pl.col("question_id") == question) & (pl.col("severity") != "note")
    ).unique("code", maintain_order=True)
    for guard in found.iter_rows(named=True):
        lines += _wrapped(f"! {guard['code']}: {guard['message']} {guard['next_step'] or ''}")
    if publication["suppression"] == "publisher":
        lines += _wrapped(
            f"! public data: the suppression is that of {publication['publisher']}; "
            "no threshold of this program was applied."
        )
    stale = publication["stale_sources"]
    if stale:
        lines += _wrapped(f"! stale: {stale} could not be read; the data before are shown.")
    return lines if len(lines) > 1 else []


def _other_questions(estimates: pl.DataFrame) -> list[pl.DataFrame]:
    """The judged rows of every further question; single segments are in the tables."""
    judged = estimates.filter(
        ~pl.col("primary")
        & (pl.col("verdict").is_not_null() | pl.col("direction").is_not_null())
        & (pl.col("segment").is_null() | (pl.col("estimand") != "segment"))
    )
    return judged.partition_by("question_id", maintain_order=True)


def _other(question: pl.DataFrame) -> str:
    """One line: estimand, pair, the number that answers it, and the verdict."""
    given = question.filter(pl.col("verdict").ne_missing("refused"))
    best = given.filter(component="corrected") if given.height else question
    row = (best if best.height else given).row(0, named=True)
    name = f"{row['x_measure']} x {row['y_measure']}"
    subset = ", ".join(filter(None, (row["window_id"], row["segment"], row["adjusted_for"])))
    head = f"{row['estimand']:12} {name}, {subset}"
    if row["direction"] is not None:
        return f"{head}: {row['direction']}, lags {row['lag_set']}"
    if row["estimate"] is None:
        return f"{head}: refused, {row['guard_code']}"
    interval = f" ({_interval(row)})" if row["conf_low"] is not None else ""
    return f"{head}: {row['effect_type']} {row['estimate']:+.3g}{interval}, {row['verdict']}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text.strip(), WIDTH, subsequent_indent="  ")
