"""`crossvoice estimate`: one question at the terminal, from the panel of the last run."""

from __future__ import annotations

import textwrap
from typing import get_args

import click
import polars as pl

from pipelines import warehouse
from pipelines.errors import CrossvoiceError
from pipelines.linkage.declared import ask
from pipelines.linkage.estimates import Linkage
from pipelines.panel import read_inputs
from pipelines.program.model import Program
from pipelines.program.questions import Estimand, Pair
from pipelines.program.reading import read_program
from pipelines.publishing.card import WIDTH
from pipelines.publishing.rounding import round_estimates
from pipelines.run_lock import lock_holder
from pipelines.settings import load_settings

SHOWN = ("component", "effect_type", "term", "lag", "segment", "estimate", "conf_low", "conf_high",
         "p_value", "verdict", "guard_code")  # fmt: skip


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
    if not settings.warehouse.exists():
        raise CrossvoiceError(
            "There is no panel yet.", where=str(settings.warehouse), mend="crossvoice run"
        )
    if lock_holder(settings.lock) is not None:
        raise CrossvoiceError(
            "A run of this program is writing the panel.",
            where=str(settings.lock),
            mend="wait for it to end",
        )
    with warehouse.connect(settings.warehouse) as con:
        inputs = read_inputs(con, declared, estimand)
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
    rows = round_estimates(result.estimates)
    columns = [c for c in SHOWN if rows[c].null_count() < rows.height]
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True, fmt_str_lengths=40, tbl_formatting="NOTHING",
    ):  # fmt: skip
        click.echo(str(rows.select(columns)))
    judged = rows.filter(pl.col("verdict").is_not_null() | pl.col("direction").is_not_null())
    if judged.height:
        click.echo(f"\n{textwrap.fill(judged['sentence'][0], WIDTH, subsequent_indent='  ')}")
    for guard in result.guards.unique("code", maintain_order=True).iter_rows(named=True):
        text = f"{guard['severity']} {guard['code']}: {guard['message']} {guard['next_step']}"
        click.echo(textwrap.fill(text, WIDTH, subsequent_indent="  "))
