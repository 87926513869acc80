-- Local clock times as instants, for waits that end at one.
create or replace temp table moments as
with clocks as (
    select distinct n.clock from journeys.nodes n
    where n.clock is not null and exists (select 1 from touched t where t.scenario = n.scenario and t.version = n.version)
),
zones as (select distinct zone from touched),
span as (
    select
        rl_add_days((select min(reached_at) from touched), -2) as first_day,
        rl_add_days($horizon, 3 + (select coalesce(max(n.days + 31 * coalesce(n.months, 0)), 0) from journeys.nodes n)) as last_day
)
select z.zone, c.clock, d.day, rl_add_seconds(rl_add_seconds(cast(d.day as timestamp), c.clock), -o.offset_seconds) as instant
from clocks c
cross join zones z
join span s on true
join calendar.days d on d.day >= s.first_day and d.day <= s.last_day
join calendar.zone_offsets o on o.zone = z.zone
    and rl_add_seconds(cast(d.day as timestamp), c.clock) >= o.local_starts_at and rl_add_seconds(cast(d.day as timestamp), c.clock) < o.local_ends_at;
