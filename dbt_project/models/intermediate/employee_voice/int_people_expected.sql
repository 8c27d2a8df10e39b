-- grain: one row per period and person who was invited or has answered
with invitations as (
    select * from {{ ref('int_invitations_attributed') }}
    where period_id is not null
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
    where remainder_reason is null
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

-- the staff list stands for the invitations of a period that has answers but none of these
listed_periods as (
    select
        periods.period_id,
        periods.period_end
    from periods
    inner join (select distinct period_id from submissions) as answered
        on periods.period_id = answered.period_id
    left join (select distinct period_id from invitations) as invited
        on periods.period_id = invited.period_id
    where invited.period_id is null
),

people as (
    select
        period_id,
        person_number,
        1 as is_expected,
        0 as has_answered,
        cast(null as double) as weight,
        location_id,
        gender,
        age_band,
        tenure_band,
        job_level,
        employment
    from invitations
    union all
    select
        listed_periods.period_id,
        {{ row_number_of(['assignments.employee_key']) }},
        1,
        0,
        cast(null as double),
        assignments.location_id,
        assignments.gender,
        assignments.age_band,
        assignments.tenure_band,
        assignments.job_level,
        assignments.employment
    from listed_periods
    inner join assignments
        on listed_periods.period_end >= assignments.valid_from
        and listed_periods.period_end < assignments.valid_to
    union all
    select
        period_id,
        person_number,
        0,
        1,
        weight,
        location_id,
        cast(null as string),
        cast(null as string),
        cast(null as string),
        cast(null as string),
        cast(null as string)
    from submissions
),

-- somebody invited to two surveys of a period is one person
gathered as (
    select
        period_id,
        person_number,
        max(is_expected) = 1 as is_expected,
        max(has_answered) = 1 as has_answered,
        avg(weight) as weight,
        coalesce(
            max(case when is_expected = 1 then location_id end), max(location_id)
        ) as location_id,
        max(gender) as gender,
        max(age_band) as age_band,
        max(tenure_band) as tenure_band,
        max(job_level) as job_level,
        max(employment) as employment
    from people
    group by period_id, person_number
),

final as (
    select
        gathered.*,
        locations.region_id
    from gathered
    left join locations on gathered.location_id = locations.location_id
)

select * from final
