"""Cells, levels, units and the panel against the planted truth."""

from __future__ import annotations

import pytest

CELLS = """
    select count(*),
      count(*) filter (where coalesce(m.n_responses, 0) = t.{n}),
      count(*) filter (where t.{n} = 0 or abs(m.{value} - t.{truth}) < 1e-9)
    from truth_cells as t
    left join marts.unit_period_metrics as m
      on m.unit_level = 'unit' and m.unit_id = t.team_code || '@' || t.location_code
      and m.period_id = t.month and m.metric_id = '{metric}'
"""


@pytest.mark.parametrize(
    ("metric", "n", "value", "truth"),
    [
        ("nps", "n_nps", "value", "nps"),
        ("csat", "n_csat", "value", "csat_top_box_pct"),
        ("ease", "n_ces", "value_native", "ces_mean"),
    ],
)
def test_every_customer_cell_is_exact(built, metric, n, value, truth):
    cells, counted, valued = built.rows(CELLS.format(n=n, value=value, truth=truth, metric=metric))[
        0
    ]
    assert cells == counted == valued > 0


def test_promoters_passives_and_detractors(built):
    wrong = built.rows("""
        select t.* from truth_cells as t
        inner join marts.unit_period_metrics as m
          on m.unit_level = 'unit' and m.unit_id = t.team_code || '@' || t.location_code
          and m.period_id = t.month and m.metric_id = 'nps'
        where (m.promoters, m.passives, m.detractors)
          <> (t.n_promoters, t.n_passives, t.n_detractors)
    """)
    assert wrong == []


def test_levels_add_up_and_people_do_not(built):
    """Location-only feedback counts from the location upward; people are counted once a level."""
    by_level = {
        level: (n, people)
        for level, n, people in built.rows(
            "select unit_level, sum(n_responses), sum(n_people) from marts.unit_period_metrics"
            " where voice = 'customer' group by 1"
        )
    }
    assert by_level["unit"][0] == by_level["team"][0] < by_level["location"][0]
    assert by_level["location"][0] == by_level["region"][0] == by_level["company"][0]
    assert by_level["company"][1] < by_level["location"][1]
    [(company,)] = built.rows("""
        select count(*) from (
          select distinct items.metric_id, a.period_id, a.person_number
          from intermediate.int_feedback_attributed as a
          inner join raw.declared_metric_items as items using (item_code)
          where a.remainder_reason is null and a.score_raw is not null
        )
    """)
    assert by_level["company"][1] == company


def test_rename_keeps_the_unit_and_takes_the_new_name(built):
    changed = built.truth["reorganisation"]
    units = built.rows(
        "select unit_id, team_name from marts.dim_units"
        f" where team_id = '{changed['renamed_team']}'"
    )
    assert len(units) == 1
    assert units[0][1].endswith("& Care")
    [(periods,)] = built.rows(
        "select count(distinct period_id) from marts.unit_period_metrics"
        f" where unit_level = 'unit' and unit_id = '{units[0][0]}'"
    )
    assert periods == len(built.truth["sizes"]["waves"])


def test_merge_split_and_closure_make_new_units(built):
    changed = built.truth["reorganisation"]
    split, into = changed["split"]
    merged, joint = changed["merge"]
    seen = {
        team: (first, last)
        for team, first, last in built.rows(
            "select unit_id, min(period_id), max(period_id) from marts.unit_period_metrics"
            " where unit_level = 'team' and voice = 'customer' group by 1"
        )
    }
    waves = built.truth["sizes"]["waves"]
    for gone, successors in (([split], into), (merged, [joint])):
        for old in gone:
            for new in successors:
                assert seen[old][1] < seen[new][0]
                assert seen[new][1] == waves[-1]
    for team in changed["closed_teams"]:
        assert seen[team][1] < waves[-1]
    lives = dict(
        built.rows("select team_id, valid_to from marts.dim_units where team_id is not null")
    )
    assert all(lives[team].year < 9999 for team in [split, *merged, *changed["closed_teams"]])
    assert all(lives[team].year == 9999 for team in [*into, joint])


def test_panel_holds_only_released_cells(built):
    hidden = built.rows("""
        select p.* from marts.linkage_panel as p
        inner join marts.publication_mask as m
          on m.unit_level = 'unit' and m.unit_id = p.unit_id and m.period_id = p.period_id
        where not m.is_released and (
          (m.metric_id = p.x_metric_id and coalesce(p.n_e, p.mean_e, p.var_e) is not null)
          or (m.metric_id = p.y_metric_id
            and coalesce(p.n_c, p.mean_c, p.var_c, p.promoters) is not null))
    """)
    assert hidden == []
    [(below,)] = built.rows(
        "select count(*) from marts.linkage_panel where 'below_threshold' in (x_status, y_status)"
    )
    assert below > 0


def test_scores_are_the_panel_of_the_primary_pair(built):
    [(n, same)] = built.rows("""
        select count(*), count(*) filter (where s.employee_score is not distinct from p.mean_e
          and s.customer_score is not distinct from p.mean_c)
        from marts.unit_period_scores as s
        full join (
          from marts.linkage_panel inner join raw.declared_pairs using (pair_id) where is_primary
        ) as p using (unit_id, period_id)
    """)
    assert n == same > 0
