-- Campaigns whose day is up before the next tick, at which the members of their segment enter. The day is the project's.
insert into moments_ahead by name
select
    l.scenario, m.contact_id, cast(o.local_at as varchar) as key, 'campaign:' || cast(o.local_at as varchar) as activity_id,
    cast(null as json) as trigger_data, rl_add_seconds(o.local_at, -z.offset_seconds) as moment
from live l
join (
    select l.scenario, rl_add_seconds(cast(d.day as timestamp), l.clock) as local_at
    from live l
    join calendar.days d on d.day >= rl_add_days(coalesce(l.looked_ahead, $day_start), -2) and d.day <= rl_add_days($horizon, 2)
    where l.enters and l.kind = 'campaign' and coalesce(l.on_date = d.day, true) and coalesce(l.isodow = d.isodow, true)
        and coalesce(l.month = month(d.day) and l.day = day(d.day), true)
) o on o.scenario = l.scenario
join calendar.zone_offsets z on z.zone = $zone and o.local_at >= z.local_starts_at and o.local_at < z.local_ends_at
join segments.members m on m.segment = l.segment
where rl_add_seconds(o.local_at, -z.offset_seconds) <= $horizon
    and (rl_add_seconds(o.local_at, -z.offset_seconds) > l.looked_ahead
        or (l.looked_ahead is null and rl_add_seconds(o.local_at, -z.offset_seconds) >= $day_start));
