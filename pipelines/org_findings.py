"""What an organisation's history says that cannot hold, or that is worth a look, by record.

What belongs here: the findings and the first record of each. What does not: what becomes of such
rows; that is decided in dbt (models of the organisation) and at landing (rejects).
"""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl

FINDINGS = {
    "repeated": "another row of the same person and first day came later; that one holds",
    "empty": "ends on the day it begins, so it never holds",
    "overlapping": "goes on after the person's next row begins; it ends there",
    "after_gap": "begins after days on which the person was nowhere (rehired, or a row is missing)",
    "future": "begins in the future; it holds from then on",
    "own_manager": "the person is their own manager, and read as one who reports to nobody",
    "unknown_manager": "the manager has no row; read as one who reports to nobody",
    "circle": "the managers go round in a circle: teams below it reach no location",
    "below_top_levels": "is deeper than team, location and region: counts in the location above",
}
"""Findings, worst last to first read, and what becomes of the row."""

_LOOK = """
    with recursive told as (select * from raw.org_assignments),
    held as (select * from intermediate.int_assignments_held),
    placed as (select * from intermediate.int_manager_teams),
    spells as (
        select *, max(valid_to) over (
            partition by employee_key order by valid_from rows between unbounded preceding
            and 1 preceding
        ) as until from held where valid_from < valid_to
    ),
    reports as (
        select employee_key, manager_key, valid_from, valid_to from held
        where manager_key <> employee_key and employee_key in (
            select manager_key from placed where location_id is null)
    ),
    climb as (
        select employee_key, manager_key as at_key, valid_from, valid_to from reports
        union
        select climb.employee_key, reports.manager_key,
            greatest(climb.valid_from, reports.valid_from),
            least(climb.valid_to, reports.valid_to)
        from climb join reports on climb.at_key = reports.employee_key
            and climb.valid_from < reports.valid_to and climb.valid_to > reports.valid_from
        where climb.at_key <> climb.employee_key
    ),
    found as (
        select 'repeated' as finding, source, input, record_number from told
        where (source, input, record_number) not in (
            select (source, input, record_number) from staging.stg_org_assignments)
        union all
        select 'empty', source, input, record_number from staging.stg_org_assignments
        where valid_to <= valid_from
        union all
        select 'overlapping', source, input, record_number from held where valid_to < told_to
        union all
        select 'after_gap', source, input, record_number from spells where until < valid_from
        union all
        select 'future', source, input, record_number from held where valid_from > $today
        union all
        select 'own_manager', source, input, record_number from held
        where manager_key = employee_key
        union all
        select 'unknown_manager', source, input, record_number from held
        where manager_key not in (select employee_key from told)
        union all
        select distinct 'circle', held.source, held.input, held.record_number
        from held join climb on held.employee_key = climb.employee_key
            and climb.at_key = climb.employee_key
            and held.valid_from < climb.valid_to and held.valid_to > climb.valid_from
        union all
        select distinct 'below_top_levels', held.source, held.input, held.record_number
        from held join placed on held.employee_key = placed.manager_key and placed.n_above > 2
            and held.valid_from < placed.valid_to and held.valid_to > placed.valid_from
    )
    select finding, source, cast(count(*) as bigint) as n_rows,
        arg_min(input, (input, record_number)) as input,
        arg_min(record_number, (input, record_number)) as record_number
    from found group by finding, source
"""


def org_findings(con: duckdb.DuckDBPyConnection, today: dt.date) -> pl.DataFrame:
    """Findings by source, in the order of FINDINGS.

    One row per finding and source: finding, source, n_rows, and input and record_number of the
    first record it is about.
    """
    order = pl.col("finding").replace_strict({f: i for i, f in enumerate(FINDINGS)})
    return con.execute(_LOOK, {"today": today}).pl().sort(order, "source")
