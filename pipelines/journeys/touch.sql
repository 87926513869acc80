-- The people in flight whom this tick can move: their time is up, something they are asked about happened, or the
-- message they wait for was dropped, or their wait asks about a state that may hold now.
create or replace temp table touched as
select p.enrolment_id, p.scenario, p.version, p.contact_id, p.node, p.reached_at, p.entered_at, p.entry_key, p.trigger_key, p.triggered_at, p.activity, p.ghost, p.variant,
    coalesce(f.timezone, $zone) as zone
from journeys.positions p
join live l on l.scenario = p.scenario and l.advances
left join facts.contacts f on f.contact_id = p.contact_id
where p.leave_at <= $as_of
    or p.enrolment_id in (select enrolment_id from new_observations)
    or exists (
        select 1 from journeys.nodes n
        join journeys.conditions c on c.scenario = n.scenario and c.version = n.version and c.condition = n.condition
        left join journeys.in_flight_messages m on m.enrolment_id = p.enrolment_id and m.step = c.step and m.lost_at is not null
        where n.kind = 'wait_for' and n.scenario = p.scenario and n.version = p.version and n.node = p.node
            and (c.kind in ('in_segment', 'where') or (c.kind = 'message' and m.message_key is not null))
    );
