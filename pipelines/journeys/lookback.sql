-- For each activity that rules at the door ask about: how far back they look for this tick's candidates, since the trigger
-- or `within` before the entry; and at any time for what shares the trigger's key, where a goal or exit may.
with asked as (
    select
        n.name as activity, c.match_key, c.role,
        case when c.role = 'step' then rl_add_seconds(k.entered_at, -coalesce(c.within_seconds, 0)) else k.triggered_at end as since
    from (select scenario, version, min(triggered_at) as triggered_at, min(entered_at) as entered_at from candidates group by scenario, version) k
    join journeys.conditions c on c.scenario = k.scenario and c.version = k.version and c.kind = 'did'
    join names n on contains(',' || c.activities || ',', ',' || n.name || ',')
)
select activity, min(since) as since, cast(null as varchar) as match_key from asked where since < $news_since group by activity
union all
select distinct activity, timestamp '1900-01-01', match_key from asked where match_key is not null and role <> 'step'
order by activity, match_key;
