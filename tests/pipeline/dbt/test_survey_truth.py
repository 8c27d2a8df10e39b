"""Survey answers against the planted truth: one submission a person, in the unit of its day."""

from __future__ import annotations

import pytest

SUBMISSIONS = """
    with submissions as (
      select distinct s.response_id, a.*
      from staging.stg_employee_responses as s
      inner join intermediate.int_submissions_attributed as a
        using (survey, wave, respondent_key)
    )
    select {select}
    from truth_responses as t
    left join submissions as a using (response_id)
    where {where}
"""


def counts(built, select, where="true"):
    return built.rows(SUBMISSIONS.format(select=select, where=where))[0]


def of_files(built, name):
    files = built.truth["files"]
    return sum(n.get(name, 0) for file, n in files.items() if file.startswith("survey/"))


@pytest.mark.parametrize("fate", ["superseded", "preview", "bad_date"])
def test_losing_submissions_are_gone(built, fate):
    n, there = counts(built, "count(*), count(a.respondent_key)", f"t.fate = '{fate}'")
    assert n == of_files(built, fate) > 0
    assert there == 0


def test_kept_submissions_are_in_the_unit_of_their_day(built):
    n, placed, right = counts(
        built,
        "count(*), count(*) filter (where a.attribution_method = 'org_history'), "
        "count(*) filter (where a.team_id = t.team_code and a.location_id = t.location_code "
        "and a.period_id = t.wave and a.remainder_reason is null)",
        "t.fate = 'kept'",
    )
    assert n == placed == right == of_files(built, "kept")


def test_strangers_are_in_the_remainder(built):
    there, remainder = counts(
        built,
        "count(a.respondent_key), count(*) filter (where a.remainder_reason = 'unknown_person')",
        "t.fate = 'unknown_email'",
    )
    assert there == remainder > 0


def test_index_of_every_cell(built):
    """Respondents with six or more of eight items; the reversed item turned; 1 to 5 as 0 to 100."""
    n, right, respondents = built.rows("""
        with truth as (
          select team_code || '@' || location_code as unit_id, wave as period_id,
            count(*) as n, avg(25 * ("index" - 1)) as value
          from truth_responses where fate = 'kept' and n_items >= 6 group by all
        )
        select count(*),
          count(*) filter (where m.n_responses = t.n and m.n_people = t.n
            and abs(m.value - t.value) < 1e-9),
          sum(t.n)
        from truth as t
        full join (
          from marts.unit_period_metrics where unit_level = 'unit' and metric_id = 'engagement'
        ) as m using (unit_id, period_id)
    """)[0]
    assert n == right > 0
    assert respondents > 0.9 * of_files(built, "kept")


def test_response_rates_count_the_invited(built):
    [(invited, responded)] = built.rows(
        "select sum(n_invited), sum(n_responded) from marts.unit_period_participation"
        " where unit_level = 'company'"
    )
    assert invited == built.truth["files"]["survey/invitations.csv"]["lines"]
    assert 0 < responded <= of_files(built, "kept")
    [(n, right)] = built.rows("""
        select count(*), count(*) filter (where p.n_invited = t.n_invited)
        from truth_cells as t
        inner join marts.unit_period_participation as p
          on p.unit_level = 'unit' and p.unit_id = t.team_code || '@' || t.location_code
          and p.period_id = t.month
        where t.n_invited > 0
    """)
    assert n == right > 0
