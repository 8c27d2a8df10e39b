-- grain: one row per comment of a period
with comments as (
    select * from {{ ref('int_comments_attributed') }}
    where period_id is not null
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    {{ unit_setting() }}
),

final as (
    select
        cast(comments.comment_number as bigint) as comment_number,
        cast(comments.voice as string) as voice,
        cast(comments.person_number as bigint) as person_number,
        cast(comments.period_id as string) as period_id,
        cast(
            case
                when settings.unit = 'location' then comments.location_id
                when comments.team_id is not null and comments.location_id is not null
                    then {{ unit_id('comments.team_id', 'comments.location_id') }}
            end as string
        ) as unit_id,
        cast(comments.location_id as string) as location_id,
        cast(locations.region_id as string) as region_id,
        cast(comments.redacted_text as string) as redacted_text
    from comments
    cross join settings
    left join locations on comments.location_id = locations.location_id
)

select * from final
