"""Landed answers that no score counts: earlier versions of an answer, and days outside the periods.

What belongs here: counting them by voice for people who wonder where their rows are. What does not:
which version counts (dbt staging) and rows that reach no unit (pipelines.unmatched).
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from pipelines import warehouse

NAMED = 3
_VERSIONS = {
    "employee": ("raw.employee_responses", "survey, wave, respondent_key, item_code"),
    "customer": ("raw.customer_feedback", "source, feedback_id, item_code"),
}
"""Voice -> its answers, and the columns that are alike in all versions of one."""


class Unused(NamedTuple):
    """Rows of one voice."""

    voice: str
    n_earlier: int
    """Versions of an answer or of a published score that a later one replaces."""
    n_elsewhere: int
    """Those of them that name another place than another version does."""
    n_outside: int
    """Answers of days in no period."""


def unused_rows(con: duckdb.DuckDBPyConnection) -> list[Unused]:
    """The counts of each voice that has any, from the private warehouse."""
    found = []
    for voice in _VERSIONS:
        n_earlier, n_elsewhere = _versions(con, voice)
        n_scores = _counted(con, voice, "remainder_reason = 'superseded'")
        n_outside = _counted(con, voice, "period_id = 'outside'")
        found.append(Unused(voice, n_earlier + n_scores, n_elsewhere, n_outside))
    return [counts for counts in found if any(counts[1:])]


def unjoined_locations(con: duckdb.DuckDBPyConnection) -> str | None:
    """Where locations are the units: those whose teams' scores cannot be joined, in a sentence.

    None where all can, and before a run has come to the scores.
    """
    if not warehouse.has_table(con, "intermediate.int_unit_scores_attributed"):
        return None
    rows = con.sql(
        """
        select unit_id from intermediate.int_unit_scores_attributed
        where remainder_reason is null and unit_level = 'unit' and not suppressed_at_source
        group by voice, item_code, period_id, unit_id
        having count(*) > 1 and count(n_respondents) < count(*)
        """
    ).fetchall()
    units = sorted({unit for (unit,) in rows})
    if not units:
        return None
    more = ", ..." if len(units) > NAMED else ""
    return (
        f"scores of several teams of one location, which have no number of answers to weight them "
        f"by (n_respondents): {len(rows):,} scores of {', '.join(units[:NAMED])}{more}"
    )


def _versions(con: duckdb.DuckDBPyConnection, voice: str) -> tuple[int, int]:
    table, same = _VERSIONS[voice]
    row = con.sql(
        f"""
        with answers as (
            select hash({same}) as answer, hash(team_ref, location_ref) as place from {table}
        ),
        repeated as (
            select count(*) - 1 as n_earlier, min(place) <> max(place) as is_elsewhere
            from answers group by answer having count(*) > 1
        )
        select coalesce(sum(n_earlier), 0),
            coalesce(sum(n_earlier) filter (where is_elsewhere), 0)
        from repeated
        """
    ).fetchone()
    assert row is not None  # an aggregate has one row
    return int(row[0]), int(row[1])


def _counted(con: duckdb.DuckDBPyConnection, voice: str, which: str) -> int:
    row = con.execute(
        "select coalesce(sum(n_rows), 0) from marts.attribution_summary"
        f" where voice = ? and {which}",
        [voice],
    ).fetchone()
    assert row is not None
    return int(row[0])
