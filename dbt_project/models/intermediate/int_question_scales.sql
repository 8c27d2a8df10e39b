-- grain: one row per question, scale it was answered on and whether these are people's own answers
with answers as (
    {% for voice in ['stg_employee_responses', 'stg_customer_feedback'] %}
    select
        item_code,
        scale_min,
        scale_max,
        direction,
        score_raw
    from {{ ref(voice) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

figures as (
    select * from {{ ref('stg_unit_scores') }}
),

final as (
    select
        item_code,
        scale_min,
        scale_max,
        direction,
        min(
            case
                when score_raw = floor(score_raw) then 1
                when score_raw is not null then 0
            end
        ) = 1 as is_whole,
        true as is_single
    from answers
    group by
        item_code,
        scale_min,
        scale_max,
        direction
    union all
    select distinct
        item_code,
        scale_min,
        scale_max,
        direction,
        cast(null as boolean) as is_whole,
        false as is_single
    from figures
)

select * from final
