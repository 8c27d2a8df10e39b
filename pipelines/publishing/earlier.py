"""What earlier releases were made of and told: the compiler joins it with what would be told now.

What belongs here: reading records and released cells. What does not: what follows from them
(privacy.joined, privacy.earlier).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.privacy.kept_records import EARLIER_SCHEMA, KEYS, read_records
from pipelines.publishing.layout import RELEASES
from pipelines.publishing.renamed import Meanings, Today
from pipelines.settings import Settings

TABLES = ("employee_unit_period_metrics", "customer_unit_period_metrics")


def earlier_cells(settings: Settings, today: Meanings) -> pl.DataFrame:
    """Records of every release there is, as EARLIER_SCHEMA; of one without, what it told.

    They bear the ids of today, as far as a release tells what its ids meant.
    """
    records = read_records(settings)
    found = [pl.DataFrame(schema=EARLIER_SCHEMA)]
    for folder in sorted((settings.published / RELEASES).glob("*/")):
        record = records.get(folder.name)
        if record is None:
            cells = _released_cells(folder).with_columns(is_whole=pl.lit(value=False))
        else:
            cells = record.with_columns(is_whole=pl.col("n_responses").is_not_null())
        meant = Meanings.of_release(folder)
        if meant is not None:
            cells = Today.of(meant, today).cells(cells)
        found.append(cells.with_columns(release_id=pl.lit(folder.name)))
    return pl.concat(found, how="diagonal")


def earlier_comments(settings: Settings, table: str) -> pl.DataFrame:
    """Comments that releases told: group, redacted_text, and how many of it at most (`times`)."""
    key = ["unit_level", "unit_id", "period_id", "redacted_text"]
    found = [pl.LazyFrame(schema={**dict.fromkeys(key, pl.String), "times": pl.UInt32})]
    for path in (settings.published / RELEASES).glob(f"*/*/parquet/{table}.parquet"):
        texts = pl.scan_parquet(path).rename({"comment_text": "redacted_text"})
        found.append(texts.group_by(key).agg(pl.len().alias("times")))
    return pl.concat(found).group_by(key).agg(pl.col("times").max()).collect()


def _released_cells(folder: Path) -> pl.DataFrame:
    found = [
        pl.scan_parquet(path).select(
            *KEYS, "n_responses", "value", is_released=pl.col("n_responses").is_not_null()
        )
        for name in TABLES
        for path in folder.glob(f"*/parquet/{name}.parquet")
    ]
    schema = {name: EARLIER_SCHEMA[name] for name in (*KEYS, "n_responses", "value", "is_released")}
    return pl.concat([pl.LazyFrame(schema=schema), *found]).collect()
