"""`crossvoice estimate`: one question at the terminal, from the panel of the last run."""

from __future__ import annotations

import textwrap
from typing import Any, get_args

import click
import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.errors import CrossvoiceError
from pipelines.linkage.declared import ask
from pipelines.linkage.estimates import Linkage
from pipelines.panel import read_inputs
from pipelines.program.model import Program
from pipelines.program.questions import Estimand, Pair
from pipelines.program.reading import read_program
from pipelines.publishing.card import WIDTH, interval_figures
from pipelines.publishing.rounding import round_estimates
from pipelines.run_lock import lock_holder
from pipelines.settings import load_settings

NAME, NUMBER = 44, 9
"""Widths of a line: the name of a number, and the number."""
NO_TERM = ("aggregation", "power", "contrast")
"""Estimands whose rows are told apart by their component; their rows are read as sentences."""
SIGNED = ("slope", "r", "difference", "std_slope", "change", "curvature", "interaction")


def show_estimate(
    program: str | None,
    estimand: str,
    x_metric: str | None,
    y_metric: str | None,
    window: str | None,
) -> None:
    """Print the rows, sentence and guards of one question; CrossvoiceError for a wrong one."""
    settings = load_settings(program)
    declared = read_program(settings.program_folder)
    if estimand not in get_args(Estimand):
        raise CrossvoiceError(
            f"There is no estimand {estimand!r}.", mend=f"one of: {', '.join(get_args(Estimand))}"
        )
    pair = _pair(declared, x_metric, y_metric)
    no_panel = CrossvoiceError(
        "There is no panel yet, or another version has made it.",
        where=str(settings.warehouse),
        mend="crossvoice run",
    )
    if not settings.warehouse.exists():
        raise no_panel
    if lock_holder(settings.lock) is not None:
        raise CrossvoiceError(
            "A run of this program is writing the panel.",
            where=str(settings.lock),
            mend="wait for it to end",
        )
    with warehouse.connect(settings.warehouse) as con:
        try:
            inputs = read_inputs(con, declared, estimand)
        except duckdb.CatalogException:  # the run before stopped early, or knew other tables
            raise no_panel from None
    assert declared.linkage is not None  # _pair has looked
    window = window or declared.linkage.primary.window
    known = ["pooled", *inputs.periods["period_id"].to_list()]
    if window not in known:
        raise CrossvoiceError(f"There is no window {window!r}.", mend=f"one of: {', '.join(known)}")
    _show(ask(estimand, declared, pair, window, inputs))


def _pair(declared: Program, x_metric: str | None, y_metric: str | None) -> Pair:
    if declared.linkage is None:
        raise CrossvoiceError("The program declares no question.", mend="add a `linkage:` section")
    primary = declared.linkage.primary
    wanted = (x_metric or primary.x, y_metric or primary.y)
    for pair in declared.linkage.all_pairs:
        if (pair.x, pair.y) == wanted:
            return pair
    pairs = ", ".join(f"{p.x} x {p.y}" for p in declared.linkage.all_pairs)
    raise CrossvoiceError(
        f"{wanted[0]} x {wanted[1]} is not a declared pair.",
        mend=f"one of: {pairs}; or declare it under `linkage.pairs` and run again",
    )


def _show(result: Linkage) -> None:
    """Every question with its rows, its verdict and its sentence; then the guards."""
    rows = round_estimates(result.estimates)
    questions = rows.partition_by("question_id", maintain_order=True)
    for question in questions:
        if len(questions) > 1:
            click.echo(f"\n{_heading(question)}")
        click.echo(f"  {'':{NAME}}{'estimate':>{NUMBER}}   interval")
        for row in question.iter_rows(named=True):
            click.echo(_line(row))
        judged = question.filter(
            pl.col("verdict").is_not_null() | pl.col("direction").is_not_null()
        )
        if judged.height:
            click.echo(_judgement(judged))
        elif question["estimand"][0] in NO_TERM:
            for text in question["sentence"]:
                click.echo(_told(text))
    click.echo("")
    for guard in result.guards.unique(["severity", "code"], maintain_order=True).to_dicts():
        text = f"{guard['severity']} {guard['code']}: {guard['message']} {guard['next_step']}"
        click.echo(textwrap.fill(text, WIDTH, subsequent_indent="  "))


def _heading(question: pl.DataFrame) -> str:
    """What tells a question from the others of its estimand."""
    row = question.row(0, named=True)
    level = "inside units over time" if row["level"] == "unit_period" else ""
    if row["estimand"] == "driver" and not level:
        level = "across units"
    held = f"held fixed: {row['adjusted_for']}" if row["adjusted_for"] else ""
    by = f"{row['segment_by']}: {row['segment'] or 'all'}" if row["segment_by"] else ""
    score = row["x_label"] if row["term"] == "mean_e" else row["y_label"]
    of_score = score if row["estimand"] == "aggregation" else ""
    told = ", ".join(filter(None, (by, held, level, of_score)))
    return told or str(row["method"]).split("/")[0].replace("_", " ")


def _line(row: dict[str, Any]) -> str:
    term = "" if row["estimand"] in NO_TERM or row["term"] == "mean_e" else row["term"]
    lag = "" if row["lag"] is None else f"lag {row['lag']:+d}"
    method = "Fisher z" if row["conf_method"] == "fisher_z" else str(row["method"]).split("/")[0]
    kind = "" if row["effect_type"] == "index" else row["effect_type"]
    told = filter(None, (kind, row["component"].replace("_", " "), lag or term))
    name = f"{', '.join(told)} ({method.replace('_', ' ')})"
    head = textwrap.shorten(name, NAME, placeholder="...)")
    if row["estimate"] is None:
        return f"  {head:{NAME}}{'-':>{NUMBER}}   {row['guard_code'] or ''}".rstrip()
    interval = ""
    if row["conf_shape"] == "unbounded":
        interval = "without bounds"
    elif row["conf_low"] is not None and row["conf_high"] is not None:
        interval = interval_figures(row)
    value = f"{row['estimate']:+.3g}" if row["effect_type"] in SIGNED else f"{row['estimate']:.3g}"
    return f"  {head:{NAME}} {value:>{NUMBER - 1}}   {interval}".rstrip()


def _judgement(judged: pl.DataFrame) -> str:
    """Verdict, p and sentence: of the corrected row where it stands, as on the card."""
    given = judged.filter(pl.col("verdict").ne_missing("refused"))
    best = given.filter(component="corrected") if given.height else judged
    row = (best if best.height else given).row(0, named=True)
    p_value = row["p_value"]
    p = "" if p_value is None else ", p < 0.001" if p_value < 0.001 else f", p = {p_value:.3f}"
    text = f"{row['direction'] or row['verdict']}{p}: {row['sentence']}"
    return _told(text)


def _told(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="    ")
