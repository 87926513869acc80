-- How every scenario stands in this tick, keeping how far it has looked; one without a file is `removed`.
create or replace temp table new_states as
select
    coalesce(n.scenario, s.scenario) as scenario,
    coalesce(n.version, s.version) as version,
    coalesce(n.state, 'removed') as state,
    n.held,
    coalesce(s.live_since, case when n.state = 'live' and n.held is null then $as_of end) as live_since,
    s.looked_until, s.looked_ahead
from stands n
full join journeys.states s on s.scenario = n.scenario;

delete from journeys.states;

insert into journeys.states by name select * from new_states;

-- The scenarios of this tick with the rules of the version new contacts enter. `since` is where its look at triggers
-- begins: the last tick it looked, or as far back as its triggers may be old.
create or replace temp table live as
select
    s.scenario, s.version, s.state, s.held, s.live_since, s.looked_until, s.looked_ahead,
    s.state = 'live' and s.held is null as enters,
    s.state in ('live', 'paused:expire', 'stopped:drain') and s.held is null as advances,
    s.state in ('stopped:eject', 'removed') as ejects,
    coalesce(s.looked_until, rl_add_seconds($as_of, -coalesce(t.max_age_seconds, 0))) as since,
    v.category, v.topic, v.priority, v.reentry, v.cooldown_seconds, v.cooldown_days, v.holdout, v.rollout, v.exclusive_with,
    v.audience_in, v.audience_not_in, v.audience_where,
    t.kind, t.activities, t.query, t.key, t.settle_seconds, t.max_age_seconds, t.segment, t.change, t.backfill,
    t.offset_days, t.clock, t.source, t.message, t.event, t.within_seconds, t.price_drop, t.on_date, t.isodow, t.month, t.day
from journeys.states s
join journeys.versions v on v.scenario = s.scenario and v.version = s.version
join journeys.triggers t on t.scenario = s.scenario and t.version = s.version;
