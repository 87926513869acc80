-- Those who entered in this tick and were not stopped since.
create or replace temp table touched as
select p.enrolment_id, p.scenario, p.version, p.contact_id, p.node, p.reached_at, p.entered_at, p.entry_key, p.trigger_key, p.triggered_at, p.activity, p.ghost, p.variant,
    coalesce(f.timezone, $zone) as zone
from journeys.positions p
join entered e on e.enrolment_id = p.enrolment_id
left join people f on f.contact_id = p.contact_id;
