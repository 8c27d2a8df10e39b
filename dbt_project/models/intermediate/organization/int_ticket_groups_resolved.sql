-- grain: one row per ticket group as written and interval, with its team
with aliases as (
    select * from {{ ref('int_unit_aliases_approved') }}
    where alias_level = 'ticket_group' and valid_from < valid_to
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

-- a group that starts in two teams on one day belongs to neither
owned as (
    select
        written.reference_key,
        aliases.valid_from,
        max(aliases.valid_to) as valid_to,
        min(teams.canonical_ref) as team_id
    from aliases
    inner join refs as written
        on written.unit_level = 'ticket_group'
        and aliases.alias = written.reference
    inner join refs as teams
        on teams.unit_level = 'team'
        and aliases.unit_ref = teams.reference
    group by written.reference_key, aliases.valid_from
    having count(distinct teams.canonical_ref) = 1
),

cut as (
    select
        reference_key,
        team_id,
        valid_from,
        {{ end_before_next('reference_key') }} as valid_to
    from owned
),

final as (
    select
        refs.reference as ticket_group_ref,
        cut.team_id,
        cut.valid_from,
        cut.valid_to
    from refs
    inner join cut
        on refs.unit_level = 'ticket_group'
        and refs.reference_key = cut.reference_key
)

select * from final
