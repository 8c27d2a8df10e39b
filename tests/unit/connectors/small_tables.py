"""A table of two rows, as it is written and as it lands."""

from __future__ import annotations

import polars as pl

from tests.unit.connectors.homes import Home, source

ROWS = [
    {"id": "F1", "at": "2025-01-04", "customer": "C1", "store": "Süd", "score": 9},
    {"id": "F2", "at": "2025-01-05", "customer": "C2", "store": "Nord", "score": 0},
]
TEXT = "id,at,customer,store,score\nF1,2025-01-04,C1,Süd,9\nF2,2025-01-05,C2,Nord,0\n"


def landed(home: Home, **changes: object) -> list[tuple]:
    """Id, day, store and score of what is landed."""
    home.source = source(**changes)
    home.pull()
    frame = home.landed().sort("record_number")
    return frame.select("feedback_id", "local_date", "location_ref", "score_raw").rows()


def expected() -> list[tuple]:
    days = pl.Series([row["at"] for row in ROWS]).str.to_date()
    return [
        (row["id"], day, row["store"], float(row["score"]))
        for row, day in zip(ROWS, days, strict=True)
    ]
