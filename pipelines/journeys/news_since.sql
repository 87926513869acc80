-- From when on this tick reads everything (the previous tick, or where a scenario that was held stopped looking), and
-- from when on it reads what was loaded late: since the first scenario was live, or as far as those in flight are asked
-- to look back, and always a week.
select
    least(coalesce($previous, $as_of), coalesce((select min(since) from live where enters), $as_of)) as since,
    least(
        coalesce((select min(live_since) from live), $as_of),
        rl_add_seconds(coalesce((select min(triggered_at) from journeys.positions), $as_of), -coalesce((select max(within_seconds) from journeys.conditions where role = 'step'), 0)),
        rl_add_seconds($as_of, -greatest(7 * 86400, coalesce((select max(max_age_seconds) from live where enters), 0)))
    ) as late_since;
