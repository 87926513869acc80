-- For each activity that rules at the door ask about: how far back they look for this tick's candidates. A goal or exit
-- that shares a key with the trigger counts at any time; otherwise since the trigger, or `within` before the entry.
select a.activity, min(a.since) as since
from (
    select
        n.name as activity,
        case
            when c.match_key is not null then timestamp '1900-01-01'
            when c.role = 'step' then rl_add_seconds(k.entered_at, -coalesce(c.within_seconds, 0))
            else k.triggered_at
        end as since
    from (select scenario, version, min(triggered_at) as triggered_at, min(entered_at) as entered_at from candidates group by scenario, version) k
    join journeys.conditions c on c.scenario = k.scenario and c.version = k.version and c.kind = 'did'
    join names n on contains(',' || c.activities || ',', ',' || n.name || ',')
) a
where a.since < $news_since
group by a.activity
order by a.activity;
