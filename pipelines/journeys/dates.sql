-- Dates that rows carry, up to the next tick, at which contacts enter. Whole days begin, and days are added, on the contact's own clock.
insert into moments_ahead by name
with carried as (
    select r.scenario, r.contact_id, coalesce(f.timezone, $zone) as zone, r.key, r.moment, r.whole_day, r.loaded_at, r.props
    from dated_rows r
    left join facts.contacts f on f.contact_id = r.contact_id
),
on_their_clock as (
    select c.*, case when c.whole_day then c.moment else rl_add_seconds(c.moment, z.offset_seconds) end as local_moment
    from carried c
    join calendar.zone_offsets z on z.zone = c.zone and c.moment >= z.starts_at and c.moment < z.ends_at
),
dates as (
    select c.scenario, c.contact_id, c.zone, c.key || '@' || cast(c.moment as varchar) as key,
        l.source || ':' || c.key || '@' || cast(c.moment as varchar) as activity_id,
        case
            when l.clock is not null then rl_add_seconds(cast(rl_add_days(c.local_moment, l.offset_days) as timestamp), l.clock)
            else rl_add_seconds(c.local_moment, l.offset_days * 86400)
        end as local_at,
        c.loaded_at, c.props as trigger_data
    from on_their_clock c
    join live l on l.scenario = c.scenario
)
select a.scenario, a.contact_id, a.key, a.activity_id, a.trigger_data, rl_add_seconds(a.local_at, -z.offset_seconds) as moment
from dates a
join live l on l.scenario = a.scenario
join calendar.zone_offsets z on z.zone = a.zone and a.local_at >= z.local_starts_at and a.local_at < z.local_ends_at
where rl_add_seconds(a.local_at, -z.offset_seconds) <= $horizon
    and (rl_add_seconds(a.local_at, -z.offset_seconds) > l.looked_ahead
        or (l.looked_ahead is null and rl_add_seconds(a.local_at, -z.offset_seconds) >= $day_start)
        or (a.loaded_at > l.looked_until and rl_add_seconds(a.local_at, -z.offset_seconds) >= rl_add_seconds($as_of, -l.max_age_seconds)));
