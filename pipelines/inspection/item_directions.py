"""Items that run against the others of their metric, as those worded the other way round do.

What belongs here: judging the answers of a sample by the rule of the runs. What does not: the rule
(the check below) and the words of the question (inspection.value_writing).
"""

from __future__ import annotations

import polars as pl

from data_checks.registry import suite_for
from pipelines.connectors.values import REASON, ROW, value_rows
from pipelines.inspection.answers import Answers
from pipelines.inspection.file_roles import FileRoles
from pipelines.program.source import Source

TABLE, CHECK = "dim_metrics", "items_run_with_their_metric"
PERSON = ("employee_id", "email")
"""Roles of the columns that tell who answered, so that nobody counts twice."""
EMPTY = """
    create schema raw; create schema marts; create schema staging; create schema intermediate;
    create table raw.declared_metric_items as select metric_id, unnest(items) as item_code
        from metrics;
    create table marts.dim_metrics as
        select metric_id, 'employee' as voice, len(items) as n_items from metrics;
    create table staging.stg_employee_responses as select * from answers;
    create table intermediate.int_feedback_questions
        (metric_id varchar, item_code varchar, item_number int);
    create table intermediate.int_feedback_numbered
        (item_number int, event_number ubigint, person_number bigint, score_pomp double);
"""
"""What the check reads, with the sample in it and no feedback of customers."""


def find_reversed_items(files: list[FileRoles], metrics: dict[str, list[str]]) -> None:
    """Give each such item of the surveys its item-rest correlation; `metrics` are their items.

    Answers in lines of their own are not looked at: what tells a submission is not known yet.
    """
    asked = {metric: items for metric, items in metrics.items() if len(items) > 1}
    judged = {
        str(place): [a for a in file.answers if not a.when and a.scale.name != "unknown labels"]
        for place, file in enumerate(files)
        if asked and file.table == "employee_responses"
    }
    samples = [_sample(source, files[int(source)], own) for source, own in judged.items() if own]
    if not samples:
        return
    told = _correlations(pl.concat(samples), asked)
    for source, own in judged.items():
        for answers in own:
            answers.item_rest_r = told.get((source, answers.item))


def _sample(source: str, file: FileRoles, own: list[Answers]) -> pl.DataFrame:
    """The answers of a file's sample as a run would read them, each record a submission."""
    reading = Source.model_validate(
        {"name": "this", "table": "employee_responses", "location": "-",
         "decimal": file.look.reading.get("decimal", "."),
         "columns": {"respondent_key": {"column": "#1", "id_type": "email"}, "answered_at": "#1",
                     "survey": {"value": "this"}, "wave": {"value": "this"}},
         "values": [
            {"columns": [a.column], "item": a.item, "direction": a.scale.direction,
             "scale": {"min": a.scale.low, "max": a.scale.high}, "recode": a.scale.recode}
            for a in own]}
    )  # fmt: skip
    texts = pl.DataFrame({a.column: file.look.texts(a.column) for a in own})
    record = pl.int_range(texts.height, eager=True).cast(pl.String)
    named = next((file.roles[role] for role in PERSON if role in file.roles), None)
    person = record if named is None else file.look.texts(named).fill_null("")
    values = value_rows(reading, texts, {}).values
    good = values.filter(pl.col(REASON).is_null(), pl.col("score_raw").is_not_null())
    low, high = pl.col("scale_min"), pl.col("scale_max")
    share = (pl.col("score_raw") - low) / (high - low)
    is_lower = pl.col("direction") == "lower"
    return good.select(
        pl.lit(source).alias("source"),
        pl.lit(source).alias("survey"),
        record.gather(good[ROW]).alias("wave"),
        person.gather(good[ROW]).alias("respondent_key"),
        "item_code",
        pl.when(is_lower).then(1 - share).otherwise(share).alias("score_pomp"),
    )


def _correlations(
    answers: pl.DataFrame, metrics: dict[str, list[str]]
) -> dict[tuple[str, str], float]:
    """Item-rest correlation of every item that the check would warn of, by source and item."""
    import duckdb  # noqa: PLC0415 - only for surveys of several items

    suite = suite_for("marts", TABLE)
    check = next(check for check in suite.checks if check.name == CHECK)
    with duckdb.connect() as con:
        con.register("answers", answers)
        con.register(
            "metrics",
            pl.DataFrame({"metric_id": list(metrics), "items": list(metrics.values())}),
        )
        con.execute(EMPTY)
        found = con.execute(f"select source, item_code, item_rest_r from ({suite.query(check)})")
        return {(source, item): r for source, item, r in found.fetchall()}
