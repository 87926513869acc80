-- Whom the walks of this tick, from one round on, sent to other scenarios.
create or replace temp table triggered as
select
    s.scenario, s.contact_id, s.started_by as key, 'start:' || s.started_by || ':' || cast(s.started_at as varchar) as activity_id,
    cast(null as varchar) as activity, s.started_at as triggered_at, s.started_at as entered_at, s.trigger_data
from journeys.starts s
join live l on l.scenario = s.scenario
where s.as_of = $as_of and s.round >= $since_round and l.enters and l.kind = 'scenario' and l.source = s.started_in;
