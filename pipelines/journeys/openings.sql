-- Openings of windows around now, each with the moment from which it is the next one. A window that lies in an hour
-- which the clock skips does not open that day.
create or replace temp table openings as
select w.*, coalesce(lag(w.closes_at) over (partition by w.window_id, w.zone order by w.opens_at), timestamp '0001-01-01') as next_from
from (
    select n.window_id, z.zone,
        rl_add_seconds(rl_add_seconds(cast(d.day as timestamp), n.opens_seconds), -o.offset_seconds) as opens_at,
        rl_add_seconds(rl_add_seconds(cast(d.day as timestamp), n.closes_seconds), -c.offset_seconds) as closes_at
    from journeys.windows n
    cross join (select distinct zone from touched) z
    join calendar.days d on d.isodow = n.isodow and d.day >= rl_add_days($as_of, -3) and d.day <= rl_add_days($horizon, 10)
    join calendar.zone_offsets o on o.zone = z.zone
        and rl_add_seconds(cast(d.day as timestamp), n.opens_seconds) >= o.local_starts_at
        and rl_add_seconds(cast(d.day as timestamp), n.opens_seconds) < o.local_ends_at
    join calendar.zone_offsets c on c.zone = z.zone
        and rl_add_seconds(cast(d.day as timestamp), n.closes_seconds) >= c.local_starts_at
        and rl_add_seconds(cast(d.day as timestamp), n.closes_seconds) < c.local_ends_at
) w
where w.opens_at < w.closes_at;
