"""Days without a time: moments that stay their day in the program's zone.

What belongs here: that one rule. What does not: reading texts as dates (connectors.dates).
"""

from __future__ import annotations

import polars as pl


def as_days_of(moments: pl.Series, zone: str | None) -> pl.Series:
    """Moments that are days, as midnight in UTC; in the zone where that is the day before.

    West of Greenwich the first of a month would else count in the month before.
    """
    if zone in (None, "UTC"):
        return moments
    here = moments.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    is_day = moments == moments.dt.truncate("1d")
    moved = (is_day & (here.dt.date() != moments.dt.date())).fill_null(value=False)
    if not moved.any():
        return moments
    local = moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    local = local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    noon = moments.dt.offset_by("12h")  # of the days whose midnight a clock change leaves out
    return moments.zip_with(~moved, local.zip_with(local.is_not_null(), noon))
