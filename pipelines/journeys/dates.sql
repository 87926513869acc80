-- Moments known beforehand at which contacts enter, up to the next tick: birthdays, dates that rows carry, campaigns.
-- Whole days begin, and days are added, on the contact's own clock; a campaign's day is the project's.
insert into moments_ahead by name
with days_ahead as (
    select
        l.scenario, d.day, coalesce(l.looked_ahead, $day_start) as since,
        rl_add_seconds(cast(rl_add_days(d.day, l.offset_days) as timestamp), l.clock) as local_at
    from live l
    join calendar.days d
        on d.day >= rl_add_days(coalesce(l.looked_ahead, $day_start), -2 - l.offset_days) and d.day <= rl_add_days($horizon, 2 - l.offset_days)
    where l.enters and l.kind = 'anniversary'
),
-- Where the hour has come: nowhere in most quarter-hours, which then need not look through all contacts.
hours as (
    select a.scenario, a.day, a.local_at, z.zone
    from days_ahead a
    join calendar.zone_offsets z on a.local_at >= z.local_starts_at and a.local_at < z.local_ends_at
    where rl_add_seconds(a.local_at, -z.offset_seconds) >= a.since and rl_add_seconds(a.local_at, -z.offset_seconds) <= $horizon
),
-- Who was born on 29 February has the day on the 28th in other years.
days_of_birth as (
    select scenario, day, zone, local_at, month(day) as born_month, day(day) as born_day from hours
    union all
    select scenario, day, zone, local_at, 2, 29 from hours where month(day) = 2 and day(day) = 28 and day(last_day(day)) = 28
),
birthdays as (
    select b.scenario, c.contact_id, b.zone, cast(year(b.day) as varchar) as key, 'birth_date:' || cast(year(b.day) as varchar) as activity_id,
        b.local_at, cast(null as timestamp) as loaded_at, cast(null as json) as trigger_data
    from days_of_birth b
    join facts.contacts c on c.timezone = b.zone and month(c.birth_date) = b.born_month and day(c.birth_date) = b.born_day and c.birth_date < b.day
),
carried as (
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
        c.loaded_at, c.props
    from on_their_clock c
    join live l on l.scenario = c.scenario
),
campaigns as (
    select l.scenario, m.contact_id, $zone as zone, cast(o.local_at as varchar) as key, 'campaign:' || cast(o.local_at as varchar) as activity_id, o.local_at,
        cast(null as timestamp) as loaded_at, cast(null as json) as trigger_data
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
            or (l.looked_ahead is null and rl_add_seconds(o.local_at, -z.offset_seconds) >= $day_start))
)
select a.scenario, a.contact_id, a.key, a.activity_id, a.trigger_data, rl_add_seconds(a.local_at, -z.offset_seconds) as moment
from (select * from birthdays union all select * from dates union all select * from campaigns) a
join live l on l.scenario = a.scenario
join calendar.zone_offsets z on z.zone = a.zone and a.local_at >= z.local_starts_at and a.local_at < z.local_ends_at
where rl_add_seconds(a.local_at, -z.offset_seconds) <= $horizon
    and (rl_add_seconds(a.local_at, -z.offset_seconds) > l.looked_ahead
        or (l.looked_ahead is null and rl_add_seconds(a.local_at, -z.offset_seconds) >= $day_start)
        or (a.loaded_at > l.looked_until and rl_add_seconds(a.local_at, -z.offset_seconds) >= rl_add_seconds($as_of, -l.max_age_seconds)));
