-- Birthdays up to the next tick, at which contacts enter. A day begins on the contact's own clock.
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
        b.local_at, cast(null as json) as trigger_data
    from days_of_birth b
    join facts.contacts c on c.timezone = b.zone and month(c.birth_date) = b.born_month and day(c.birth_date) = b.born_day and c.birth_date < b.day
)
select a.scenario, a.contact_id, a.key, a.activity_id, a.trigger_data, rl_add_seconds(a.local_at, -z.offset_seconds) as moment
from birthdays a
join live l on l.scenario = a.scenario
join calendar.zone_offsets z on z.zone = a.zone and a.local_at >= z.local_starts_at and a.local_at < z.local_ends_at
where rl_add_seconds(a.local_at, -z.offset_seconds) <= $horizon
    and (rl_add_seconds(a.local_at, -z.offset_seconds) > l.looked_ahead
        or (l.looked_ahead is null and rl_add_seconds(a.local_at, -z.offset_seconds) >= $day_start));
