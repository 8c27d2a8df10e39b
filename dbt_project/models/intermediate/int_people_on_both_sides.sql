-- grain: one row per program, with the people who gave feedback under the key of an employee
with employees as (
    select id_key as person_key
    from {{ ref('stg_person_identifiers') }}
    union
    select respondent_key
    from {{ ref('int_submissions_attributed') }}
),

feedback as (
    select * from {{ ref('stg_customer_feedback') }}
),

final as (
    select cast(count(distinct feedback.customer_key) as bigint) as n_people
    from feedback
    inner join employees on feedback.customer_key = employees.person_key
)

select * from final
