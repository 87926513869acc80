-- Every decision about a contact up to a tick, refusals at the door among them, run by run.
select
    d.scenario, d.enrolment_id,
    max(d.version) over (partition by d.enrolment_id) as version, d.decided_at, d.as_of, d.node, d.step, d.outcome, d.reason, k.code,
    e.enrolment_id is not null as entered, coalesce(e.ghost, false) as ghost, x.outcome as ended
from journeys.decisions d
left join journeys.enrolments e on e.enrolment_id = d.enrolment_id and e.entered_as_of <= $as_of
left join journeys.codes k on d.outcome = 'offered' and k.enrolment_id = d.enrolment_id and k.offer = d.reason
left join journeys.endings x on x.enrolment_id = d.enrolment_id and x.as_of <= $as_of
where d.contact_id = $contact and d.as_of <= $as_of
order by d.scenario, min(d.decided_at) over (partition by d.enrolment_id), d.enrolment_id, d.decided_at, d.as_of,
    case when d.outcome in ('entered', 'refused') then 0 when d.node is not null then 1 else 2 end, d.node;
