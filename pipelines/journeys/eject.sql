-- Runs of scenarios that were stopped with `eject`, or whose file is gone, end here.
insert into ended by name
select
    p.enrolment_id, p.scenario, p.version, p.contact_id, p.entered_at, $as_of as ended_at, p.ghost,
    'ejected' as outcome, l.state as reason, cast(null as decimal(18, 2)) as value
from journeys.positions p
join live l on l.scenario = p.scenario and l.ejects;

delete from journeys.positions where enrolment_id in (select enrolment_id from ended);
