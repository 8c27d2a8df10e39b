"""Published comments: which may be read, at which level, in which order.

What belongs here: groups large enough, and the order that hides who wrote when. What does not: what
was taken out of the texts (privacy.redaction) and to whom they go (publishing.audiences).

A comment is published once, at the finest level whose group is large enough: its unit, else what is
left of its location, its region, the company. So no two groups overlap, and none can be worked out
from another. A group is large enough if as many people as the threshold wrote in it, and if a
released cell of the same voice, unit and period has at least as many: then the number of comments
tells nothing that the number of answers does not.

Whoever compares releases reads by themselves the comments that are new. So new ones are a group of
their own, and wait until as many people as the threshold have written new ones.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.publishing import declared

LEVELS = {"unit": "unit_id", "location": "location_id", "region": "region_id", "company": "company"}
GROUP = ("unit_level", "unit_id", "period_id")
VOICES = {"employee": "employee_comments", "customer": "customer_comments"}
"""Voice -> its published table; each goes to its own side only."""


def comment_frames(
    con: duckdb.DuckDBPyConnection, order: bytes, told: Callable[[str], pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The published comments by table; `order` is the key their order is drawn with.

    `told` gives the comments of a table that earlier releases told (earlier.earlier_comments).
    """
    comments = warehouse.read_table(con, "marts.unit_period_comments")
    released = con.sql(
        "select cells.voice, cells.unit_level, cells.unit_id, cells.period_id,"
        " max(cells.n_people) as n_people from marts.unit_period_metrics as cells"
        " inner join marts.publication_mask as mask"
        " using (unit_level, unit_id, period_id, metric_id)"
        " where mask.is_released group by all"
    ).pl()
    smallest = declared.number(con, "threshold_comments")
    found = {}
    for voice, table in VOICES.items():
        cells = released.filter(voice=voice)
        parts = told_and_new(comments.filter(voice=voice), told(table))
        large = [large_groups(part, cells, smallest) for part in parts]
        found[table] = shuffled(pl.concat(large), order)
    return found


def told_and_new(
    comments: pl.DataFrame, told: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Comments that earlier releases told, and the others.

    `told` needs GROUP, redacted_text and times: in a group as many of one text as were told there.
    """
    left, found = comments.with_columns(company=pl.lit("company")), []
    for level, column in LEVELS.items():
        key = [column, "period_id", "redacted_text"]
        of_level = told.filter(unit_level=level).rename({"unit_id": column}).select(*key, "times")
        before = pl.int_range(pl.len()).over(key).alias("before")
        counted = left.sort("comment_number").with_columns(before).join(of_level, key, "left")
        is_told = pl.col("before") < pl.col("times").fill_null(0)
        found.append(counted.filter(is_told).select(comments.columns))
        left = counted.filter(~is_told).select(left.columns)
    return pl.concat(found), left.select(comments.columns)


def large_groups(comments: pl.DataFrame, released: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """The comments of groups large enough, each at the finest level where it is in one.

    `comments` needs the columns of LEVELS but `company`, period_id, person_number, comment_number
    and redacted_text; `released` unit_level, unit_id, period_id and n_people of released cells.
    """
    left = comments.with_columns(company=pl.lit("company"))
    shown = []
    for level, column in LEVELS.items():
        placed = left.with_columns(
            pl.lit(level).alias("unit_level"), pl.col(column).alias("unit_id")
        ).filter(pl.col("unit_id").is_not_null())
        groups = placed.group_by(GROUP).agg(pl.col("person_number").n_unique().alias("n_wrote"))
        groups = groups.join(released, on=GROUP).filter(
            (pl.col("n_wrote") >= smallest) & (pl.col("n_wrote") <= pl.col("n_people"))
        )
        large = placed.join(groups.select(GROUP), on=GROUP)
        shown.append(large.select(*GROUP, "comment_number", "redacted_text"))
        left = left.join(large, on="comment_number", how="anti")
    return pl.concat(shown)


def shuffled(comments: pl.DataFrame, order: bytes) -> pl.DataFrame:
    """Comments group by group, in an order that only the holder of the secret can make again."""
    numbers = comments["comment_number"].to_list()
    drawn = [hmac.digest(order, str(number).encode(), "sha256") for number in numbers]
    return (
        comments.with_columns(pl.Series("drawn", drawn, dtype=pl.Binary))
        .sort(*GROUP, "drawn")
        .select(*GROUP, pl.col("redacted_text").alias("comment_text"))
    )
