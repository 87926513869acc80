-- The people in flight whom this tick can move: their time is up, something they are asked about happened, the message
-- they wait for was dropped, or their wait asks about a state that may hold now.
create or replace temp table movable as
select p.enrolment_id, p.scenario, p.version, p.contact_id, p.node, p.reached_at, p.entered_at, p.entry_key, p.trigger_key, p.triggered_at, p.activity, p.ghost, p.variant
from (
    select enrolment_id from journeys.positions where leave_at <= $as_of
    union
    select enrolment_id from new_observations
    union
    select p.enrolment_id
    from journeys.positions p
    join journeys.nodes n on n.kind = 'wait_for' and n.scenario = p.scenario and n.version = p.version and n.node = p.node
    join journeys.alternatives a on a.scenario = n.scenario and a.version = n.version and a.condition = n.condition
    join journeys.conditions c on c.kind in ('in_segment', 'tagged', 'offer_unused', 'where') and c.scenario = n.scenario and c.version = n.version and c.condition = a.part
    union
    select p.enrolment_id
    from journeys.in_flight_messages m
    join journeys.positions p on p.enrolment_id = m.enrolment_id
    join journeys.nodes n on n.kind = 'wait_for' and n.scenario = p.scenario and n.version = p.version and n.node = p.node
    join journeys.alternatives a on a.scenario = n.scenario and a.version = n.version and a.condition = n.condition
    join journeys.conditions c on c.kind = 'message' and c.step = m.step and c.scenario = n.scenario and c.version = n.version and c.condition = a.part
    where m.lost_at is not null
) v
join journeys.positions p on p.enrolment_id = v.enrolment_id
join live l on l.scenario = p.scenario and l.advances;
