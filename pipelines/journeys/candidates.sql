-- The same as candidates: with the run they would begin, and the calendar day of the trigger in the project's zone.
create or replace temp table candidates as
select
    k.*,
    md5(k.scenario || '|' || k.contact_id || '|' || k.entry_key) as enrolment_id,
    row_number() over (partition by k.scenario, k.contact_id order by k.entered_at, k.triggered_at, k.activity_id) as place
from (
    select
        t.scenario, l.version, t.contact_id, t.activity_id, t.activity, t.triggered_at, t.entered_at, t.trigger_data,
        case l.reentry
            when 'never' then ''
            when 'per_key' then coalesce(t.key, '')
            when 'once_per_year' then case when l.kind = 'anniversary' then t.key else cast(year(rl_add_seconds(t.entered_at, z.offset_seconds)) as varchar) end
            else t.activity_id
        end as entry_key,
        case l.kind
            when 'activity' then nullif(t.key, '')
            when 'date' then rl_json(t.trigger_data, l.key)
            when 'product' then rl_json(t.trigger_data, l.key)
        end as trigger_key,
        cast(rl_add_seconds(t.entered_at, z.offset_seconds) as date) as entered_on
    from triggered t
    join live l on l.scenario = t.scenario
    join calendar.zone_offsets z on z.zone = $zone and t.entered_at >= z.starts_at and t.entered_at < z.ends_at
) k;
