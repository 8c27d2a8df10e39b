"""What goes wrong in feedback exports.

Belongs here: late, corrected, repeated and broken rows. Does not belong here: sound rows.
"""

import numpy as np
import polars as pl

from pipelines.demo.tables import INSTANT

FATES = ("kept", "late", "corrected", "score_text", "out_of_scale", "bad_date", "ragged")
KEPT, LATE, CORRECTED, SCORE_TEXT, OUT_OF_SCALE, BAD_DATE, RAGGED = range(len(FATES))
REJECTED = (SCORE_TEXT, OUT_OF_SCALE, BAD_DATE, RAGGED)
STALE_SHARE = 0.1  # of the corrected rows: the first version is sent again after the correction
_SHARES = (0.010, 0.005, 0.0006, 0.0006, 0.0003, 0.0003)
_TEXTS = ("ten", "five", "sehr gut", "8 or 9")
_DATES = ("2025-13-05T10:00:00Z", "31/02/2025", "yesterday", "2025-02-30T08:15:00Z")
_OUTSIDE = {"nps": "11", "csat": "6", "ces": "9"}
_TOO_MANY_FIELDS = ", as I said, twice"


def draw_fates(rng: np.random.Generator, size: int, *, first: bool, last_wave: bool) -> np.ndarray:
    """One fate per event; every month has at least one of each broken kind."""
    edges = np.cumsum((1 - sum(_SHARES), *_SHARES[:-1]))
    fate = np.searchsorted(edges, rng.random(size), side="right")
    if first and size > 10 * len(FATES):
        fate[10 * np.array(REJECTED)] = REJECTED
    if last_wave:
        # There is no later file that could bring them.
        fate[(fate == LATE) | (fate == CORRECTED)] = KEPT
    return fate


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns as the text that the CSV writer would make of them."""
    return frame.with_columns(
        pl.col(pl.Datetime).dt.strftime(INSTANT), pl.col(pl.Int64).cast(pl.String)
    )


def break_rows(frame: pl.DataFrame, fate: np.ndarray) -> tuple[pl.DataFrame, list[str]]:
    """The broken rows as text, and the lines that have too many fields."""
    turn = pl.int_range(pl.len())
    text = as_text(frame).with_columns(fate=fate)
    text = text.with_columns(
        score=pl.when(pl.col("fate") == SCORE_TEXT)
        .then(pl.lit(pl.Series(_TEXTS).implode()).list.get(turn % len(_TEXTS)))
        .when(pl.col("fate") == OUT_OF_SCALE)
        .then(pl.col("metric").replace(_OUTSIDE))
        .otherwise(pl.col("score")),
        created_at=pl.when(pl.col("fate") == BAD_DATE)
        .then(pl.lit(pl.Series(_DATES).implode()).list.get(turn % len(_DATES)))
        .otherwise(pl.col("created_at")),
    )
    ragged = text.filter(pl.col("fate") == RAGGED).drop("fate")
    ragged = ragged.with_columns(comment=pl.lit("Well"))
    lines = ragged.write_csv(include_header=False).splitlines()
    rows = text.filter(pl.col("fate") != RAGGED).drop("fate")
    return rows, [line + _TOO_MANY_FIELDS for line in lines]
