"""Names that found no unit, or a unit the other voice does not know, and what they may stand for.

What belongs here: the list with its weights, and proposals by similarity of the names. What does
not: approvals (program.aliases) and how names are resolved (dbt). A proposal is never applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.unit_references import reference_key

MIN_SCORE = 0.6
"""Proposals less alike than this are not shown."""
TIE = 0.03
"""Two proposals this close in score are both shown, and neither is approved by score."""
_NUMBERS = re.compile(r"\d+")

EVENTS, ROWS = "count(distinct hash(source, feedback_id))", "count(*)"
"""What stands behind a name in feedback: an event of several questions, or corrected, is several
rows, which are counted six times as fast."""

_WRITTEN = """
    select 'employee' as voice, 'team' as unit_level, team_ref as reference,
        count(distinct hash(survey, wave, respondent_key)) as weight
    from raw.employee_responses group by all
    union all select 'employee', 'location', location_ref,
        count(distinct hash(survey, wave, respondent_key)) from raw.employee_responses group by all
    union all select 'employee', 'team', team_ref, count(distinct employee_key)
    from raw.org_assignments group by all
    union all select 'employee', 'location', location_ref, count(distinct employee_key)
    from raw.org_assignments group by all
    union all select 'customer', 'team', team_ref, {of_feedback}
    from raw.customer_feedback group by all
    union all select 'customer', 'location', location_ref, {of_feedback}
    from raw.customer_feedback group by all
    union all select 'customer', 'ticket_group', ticket_group_ref, {of_feedback}
    from raw.customer_feedback group by all
    union all select 'customer', 'team', team_ref, count(*) from raw.feedback_touches group by all
    union all select 'customer', 'location', location_ref, count(*)
    from raw.feedback_touches group by all
    union all select 'customer', 'ticket_group', ticket_group_ref, count(*)
    from raw.feedback_touches group by all
    union all select voice, 'team', team_ref, count(*) from raw.unit_scores group by all
    union all select voice, 'location', location_ref, count(*) from raw.unit_scores group by all
"""
"""Every name the two voices write, with how many people or events stand behind it."""

_OPEN = """
    with written as (select * from ({written}) as w where reference is not null),
    groups as (
        select distinct 'ticket_group' as unit_level, ticket_group_ref as reference
        from intermediate.int_ticket_groups_resolved
    ),
    resolved as (
        select written.voice, written.unit_level, written.reference, written.weight,
            refs.reference_key, refs.resolution,
            case when written.unit_level = 'ticket_group' then groups.reference
                else refs.canonical_ref end as unit_ref
        from written
        left join intermediate.int_unit_references_resolved as refs
            on written.unit_level = refs.unit_level and written.reference = refs.reference
        left join groups
            on written.unit_level = groups.unit_level and written.reference = groups.reference
    ),
    heard as (
        select unit_level, unit_ref, count(distinct voice) as n_voices from resolved
        where unit_ref is not null group by all
    )
    select resolved.voice, resolved.unit_level, resolved.reference_key,
        arg_max(resolved.reference, resolved.weight) as reference,
        count(*) as n_spellings, cast(sum(resolved.weight) as bigint) as weight,
        any_value(case when resolved.unit_ref is null then coalesce(resolved.resolution, 'unknown')
            else 'one_sided' end) as problem,
        any_value(resolved.unit_ref) as unit_ref
    from resolved left join heard
        on resolved.unit_level = heard.unit_level and resolved.unit_ref = heard.unit_ref
    where resolved.unit_ref is null
        or (resolved.resolution = 'adopted' and heard.n_voices = 1
            and (select count(distinct voice) from resolved) > 1)
    group by resolved.voice, resolved.unit_level, resolved.reference_key
    order by resolved.unit_level, weight desc, reference
"""


@dataclass(frozen=True)
class Proposal:
    """A unit a name may stand for, and how alike the names are, from 0 to 1."""

    unit_ref: str
    unit_name: str
    score: float


@dataclass(frozen=True)
class Unmatched:
    """A name without a unit, with what is at stake and what it may stand for, best first."""

    voice: str
    unit_level: str
    reference: str
    n_spellings: int
    weight: int
    problem: str
    """unknown, ambiguous, or one_sided: a unit only this voice names."""
    proposals: tuple[Proposal, ...]

    @property
    def best(self) -> Proposal | None:
        """The best proposal, unless another is as good."""
        if not self.proposals:
            return None
        rivals = [p for p in self.proposals[1:] if self.proposals[0].score - p.score < TIE]
        return None if rivals else self.proposals[0]


def unmatched_names(con: duckdb.DuckDBPyConnection) -> list[Unmatched]:
    """Every name of either voice that did not match, heaviest first by level."""
    rows = con.sql(_open_names(EVENTS)).pl().rows(named=True)
    found = []
    for row in rows:
        known = _candidates(con, row)
        found.append(
            Unmatched(
                row["voice"], row["unit_level"], row["reference"], row["n_spellings"],
                row["weight"], row["problem"], tuple(_proposals(row["reference"], known)),
            )
        )  # fmt: skip
    return found


def _open_names(of_feedback: str) -> str:
    return _OPEN.format(written=_WRITTEN.format(of_feedback=of_feedback))


def count_unmatched(con: duckdb.DuckDBPyConnection) -> int:
    """How many names of either voice did not match."""
    return sum(count_by_voice(con).values())


def count_by_voice(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many names of each voice did not match; a voice without one is left out."""
    names = _open_names(ROWS)  # how many rows does not matter here
    found = con.sql(f"select voice, count(*) from ({names}) as open group by voice order by voice")
    return dict(found.fetchall())


def _candidates(con: duckdb.DuckDBPyConnection, row: dict) -> Iterable[tuple[str, str]]:
    """Unit and one of its names: all that are known, for a one-sided name the other voice's."""
    level = "team" if row["unit_level"] == "ticket_group" else row["unit_level"]
    refs = con.execute(
        "select distinct canonical_ref, reference from intermediate.int_unit_references_resolved"
        " where unit_level = ? and canonical_ref is not null and canonical_ref is distinct from ?"
        " order by all",
        [level, row["unit_ref"]],
    ).fetchall()
    if row["problem"] != "one_sided":
        return refs
    others = {
        unit
        for (unit,) in con.execute(
            f"select distinct refs.canonical_ref from ({_WRITTEN}) as w"
            " join intermediate.int_unit_references_resolved as refs"
            " on w.unit_level = refs.unit_level and w.reference = refs.reference"
            " where w.voice <> ? and w.unit_level = ?",
            [row["voice"], level],
        ).fetchall()
    }
    return [(unit, name) for unit, name in refs if unit in others]


def _proposals(reference: str, known: Iterable[tuple[str, str]]) -> Iterator[Proposal]:
    """The three units with the most alike names."""
    best: dict[str, Proposal] = {}
    for unit, name in known:
        score = likeness(reference, name)
        if score >= MIN_SCORE and (unit not in best or score > best[unit].score):
            best[unit] = Proposal(unit, name, score)
    yield from sorted(best.values(), key=lambda p: (-p.score, p.unit_ref))[:3]


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: normalised, by letters or by words in any order.

    Names whose numbers differ are other units, however alike their letters are.

    >>> likeness("Harbor Street", "harbour street") > 0.9
    True
    >>> likeness("Store 12", "Store 13") < 0.6
    True
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 - only people who look for names need it

    a, b = reference_key(one, True), reference_key(other, True)
    score = max(fuzz.ratio(a, b), fuzz.token_sort_ratio(a, b)) / 100
    return round(score if _NUMBERS.findall(a) == _NUMBERS.findall(b) else score * MIN_SCORE, 3)


def coverage(con: duckdb.DuckDBPyConnection, *by: str) -> pl.DataFrame:
    """How far rows in periods reach units, by columns of `attribution_summary`: voice, channel.

    One row per group: n_rows, unattributed_share (no team or location), in_unit_share. Scores that
    later ones replace are no rows here, as replaced answers are none anywhere.
    """
    keys = ", ".join(by)
    return con.sql(
        f"select {keys}, cast(sum(n_rows) as bigint) as n_rows,"
        " coalesce(sum(n_rows) filter (where remainder_reason <> 'attributed'), 0) / sum(n_rows)"
        " as unattributed_share, sum(n_rows_in_unit) / sum(n_rows) as in_unit_share"
        " from marts.attribution_summary"
        f" where period_id <> 'outside' and remainder_reason <> 'superseded' group by {keys}"
        f" order by {keys}"
    ).pl()
