"""What the tables of a release show that they must not, before anything is worked out.

What belongs here: tables and columns nobody declared, numbers beside a reason, small groups, and
estimates unit by unit. What does not: what follows from several numbers (audit.attacks).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from pipelines.audit.evidence import (
    CELL_TABLES,
    ESTIMATE_TABLES,
    KNOWN_TABLES,
    Evidence,
    Finding,
)
from pipelines.audit.wording import cell_name

CELL = (
    "n_responses", "value", "value_native", "promoters", "passives", "detractors", "change",
    "change_low", "change_high",
)  # fmt: skip
NUMBERS = {
    "employee_unit_period_metrics": ("reason_code", CELL),
    "customer_unit_period_metrics": ("reason_code", CELL),
    "unit_period_participation": ("reason_code", ("n_invited", "n_responded", "response_share")),
    "unit_period_scores": ("employee_reason_code", ("employee_score", "n_employee_responses",
                                                    "response_share", "headcount")),
}  # fmt: skip
"""Table -> its reason and the numbers it must not show beside one."""
CELL_NUMBERS = {name: numbers for name, (_, numbers) in NUMBERS.items()} | {
    "unit_period_scores": (
        *NUMBERS["unit_period_scores"][1], "customer_score", "n_customer_responses",
        "attributed_share",
    ),
}  # fmt: skip
"""Table of cells -> every number in it."""
PLACES = ("unit_id", "team_id", "location_id", "respondent_key", "employee_key", "customer_key")
LEFT_OUT = ("left_out", "leave", "jackknife", "influence", "leverage", "without_unit", "cook")
"""Words in names of columns that tell an estimate as it is without one unit."""


def unknown_tables(evidence: Evidence) -> Iterator[Finding]:
    """A table nobody told the audit about may tell anything."""
    for name in evidence.tables:
        if name not in KNOWN_TABLES:
            yield Finding(
                "unknown_table",
                f"Table {name} is published, and the audit does not know what it tells. Declare it"
                " in pipelines/audit/evidence.py with what it says about groups.",
            )


def unknown_columns(evidence: Evidence) -> Iterator[Finding]:
    """A number in a table of cells that nobody told the audit about."""
    for name, numbers in CELL_NUMBERS.items():
        table = evidence.tables.get(name)
        for column, kind in {} if table is None else table.schema.items():
            if kind.is_numeric() and column not in numbers:
                yield Finding(
                    "unknown_column",
                    f"{name}.{column} is published, and the audit does not know what it tells.",
                )


def left_out_estimates(evidence: Evidence) -> Iterator[Finding]:
    """Estimates unit by unit, or without one unit: whoever compares them knows the unit."""
    for name in ESTIMATE_TABLES:
        table = evidence.tables.get(name)
        for column in [] if table is None else table.columns:
            if column in PLACES or any(word in column for word in LEFT_OUT):
                yield Finding(
                    "left_out_estimates",
                    f"{name}.{column} tells of estimates unit by unit. Leave-one-out, jackknife and"
                    " influence results stay in the private warehouse.",
                )


def shown_beside_reason(evidence: Evidence) -> Iterator[Finding]:
    """A number in a row, or in another table, that says it is withheld."""
    tables = [*NUMBERS.items()]
    tables.append(
        ("unit_period_scores",
         ("customer_reason_code", ("customer_score", "n_customer_responses")))
    )  # fmt: skip
    for name, (reason, numbers) in tables:
        if name not in evidence.tables:
            continue
        table = evidence.tables[name]
        there = [c for c in numbers if c in table.columns]
        shown = pl.any_horizontal(pl.col(c).is_not_null() for c in there)
        for row in table.filter((pl.col(reason) != "released") & shown).head(20).to_dicts():
            told = ", ".join(c for c in there if row[c] is not None)
            yield Finding(
                "shown_beside_reason",
                f"{name}: {row.get('unit_level', 'unit')} {row['unit_id']}, {row['period_id']} is "
                f"{row[reason]}, but {told} is shown.",
            )
    yield from _told_elsewhere(evidence)


def _told_elsewhere(evidence: Evidence) -> Iterator[Finding]:
    scores = evidence.tables.get("unit_period_scores")
    if scores is None:
        return
    for voice in ("employee", "customer"):
        told = scores.filter(pl.col(f"{voice}_score").is_not_null())
        for unit, period, metric in told.select(
            "unit_id", "period_id", f"{voice}_metric_id"
        ).iter_rows():
            metrics = evidence.metrics_with.get(metric, metric)
            cell = evidence.cells.get((metrics, "unit", unit, period))
            if cell is not None and cell.is_hidden:
                yield Finding(
                    "shown_beside_reason",
                    f"unit_period_scores shows what {voice}_unit_period_metrics withholds: "
                    f"{cell_name(evidence, cell.key)}.",
                )


def second_scores(evidence: Evidence) -> Iterator[Finding]:
    """Another mean of the same answers beside a share: two equations where one was judged."""
    kinds = dict(evidence.tables["dim_metrics"].select("metric_id", "metric_kind").iter_rows())
    for name in CELL_TABLES:
        table = evidence.tables.get(name)
        if table is None or "value_native" not in table.columns:
            continue
        told = table.filter(pl.col("value_native").is_not_null())["metric_id"].unique().sort()
        for metric in told:
            if kinds.get(metric) != "mean":
                yield Finding(
                    "second_score",
                    f"{name}.value_native is shown beside the score of {metric}, which is no mean:"
                    " the two sums together place a hidden group more narrowly than each alone.",
                )


def small_groups_shown(evidence: Evidence) -> Iterator[Finding]:
    """A released cell of fewer answers than were promised."""
    for key, cell in evidence.cells.items():
        if not cell.is_hidden and cell.answers < evidence.threshold(key[0]):
            yield Finding(
                "small_group",
                f"{cell_name(evidence, key)} is released with {cell.answers} answers.",
            )
