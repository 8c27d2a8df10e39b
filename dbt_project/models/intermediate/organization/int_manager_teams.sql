-- grain: one row per manager and interval; the team, and where the tree of managers puts it
with recursive assignments as (
    select * from {{ ref('int_assignments_held') }}
),

settings as (
    {{ teams_setting() }}
),

managers as (
    select distinct assignments.manager_key
    from assignments
    cross join settings
    where settings.teams = 'managers' and assignments.manager_key is not null
),

-- whom a manager reports to; what was told first and last holds before and after as well, so that
-- a manager who has left keeps a place as long as somebody is said to report there
reporting as (
    select
        managers.manager_key,
        nullif(assignments.manager_key, assignments.employee_key) as above_key,
        row_number() over (
            partition by managers.manager_key order by assignments.valid_from
        ) as row_of_manager,
        assignments.valid_from,
        lead(assignments.valid_from) over (
            partition by managers.manager_key order by assignments.valid_from
        ) as next_from
    from managers
    left join assignments on managers.manager_key = assignments.employee_key
),

reports as (
    select
        manager_key,
        above_key,
        case when row_of_manager = 1 then {{ far_past() }} else valid_from end as valid_from,
        coalesce(next_from, {{ far_future() }}) as valid_to
    from reporting
),

-- downward from those who report to nobody: the first level below them is a region, the second a
-- location, and all that is deeper belongs to its location
tree as (
    select
        manager_key,
        manager_key as location_key,
        manager_key as region_key,
        0 as n_above,
        valid_from,
        valid_to
    from reports
    where above_key is null
    union all
    select
        reports.manager_key,
        case when tree.n_above < 2 then reports.manager_key else tree.location_key end,
        case when tree.n_above < 1 then reports.manager_key else tree.region_key end,
        tree.n_above + 1,
        greatest(reports.valid_from, tree.valid_from),
        least(reports.valid_to, tree.valid_to)
    from tree
    inner join reports
        on tree.manager_key = reports.above_key
        and tree.valid_from < reports.valid_to
        and tree.valid_to > reports.valid_from
),

covered as (
    select
        manager_key,
        valid_from,
        valid_to
    from tree
    union all
    select
        manager_key,
        {{ far_past() }},
        {{ far_past() }}
    from managers
),

-- days on which nobody above reports to nobody: the managers go round in a circle
in_circles as (
    select
        manager_key,
        valid_to as valid_from,
        coalesce(
            lead(valid_from) over (partition by manager_key order by valid_from, valid_to),
            {{ far_future() }}
        ) as valid_to
    from covered
),

final as (
    select
        manager_key,
        {{ manager_code('team', 'manager_key') }} as team_id,
        {{ manager_code('branch', 'location_key') }} as location_id,
        {{ manager_code('division', 'region_key') }} as region_id,
        n_above,
        valid_from,
        valid_to
    from tree
    union all
    select
        manager_key,
        {{ manager_code('team', 'manager_key') }},
        cast(null as string),
        cast(null as string),
        cast(null as int),
        valid_from,
        valid_to
    from in_circles
    where valid_from < valid_to
)

select * from final
