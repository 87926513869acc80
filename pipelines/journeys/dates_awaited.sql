-- The moments that waits for a date of the trigger end at, on the contact's own clock. A day without an hour begins at midnight.
create or replace temp table dates_awaited as
select d.enrolment_id, d.node, rl_add_seconds(d.local_at, -z.offset_seconds) as instant
from (
    select w.enrolment_id, w.node, w.zone,
        case
            when w.clock is not null then rl_add_seconds(cast(rl_add_days(w.local_moment, w.days) as timestamp), w.clock)
            else rl_add_seconds(w.local_moment, w.days * 86400)
        end as local_at
    from (
        select t.enrolment_id, n.node, t.zone, n.clock, n.days,
            case when length(rl_json(e.trigger_data, n.word)) <= 10 then cast(rl_json(e.trigger_data, n.word) as timestamp)
            else rl_add_seconds(cast(rl_json(e.trigger_data, n.word) as timestamp), o.offset_seconds) end as local_moment
        from touched t
        join journeys.nodes n on n.kind = 'wait_date' and n.scenario = t.scenario and n.version = t.version
        join journeys.enrolments e on e.enrolment_id = t.enrolment_id
        join calendar.zone_offsets o on o.zone = t.zone and cast(rl_json(e.trigger_data, n.word) as timestamp) >= o.starts_at
            and cast(rl_json(e.trigger_data, n.word) as timestamp) < o.ends_at
    ) w
) d
join calendar.zone_offsets z on z.zone = d.zone and d.local_at >= z.local_starts_at and d.local_at < z.local_ends_at;
