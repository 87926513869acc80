-- Runs that ended: why, and what was met.
insert into journeys.endings by name
select enrolment_id, scenario, version, contact_id, entered_at, ended_at, $as_of as as_of, outcome, reason, ghost from ended;

insert into journeys.decisions by name
select
    $as_of as as_of, enrolment_id, scenario, version, contact_id, cast(null as bigint) as node, cast(null as varchar) as step,
    ended_at as decided_at, outcome, reason
from ended;

-- Messages that waited for a cap when their run ended will not go.
update outbox.messages set status = 'dropped', reason = 'exited_before_send', detail = e.outcome, changed_at = $as_of
from ended e
where e.enrolment_id = messages.enrolment_id and messages.status = 'held' and messages.reason in ('capped', 'lower_priority')
    and messages.as_of >= (select min(entered_at) from ended);

insert into results.goals by name
select
    d.enrolment_id, d.scenario, d.contact_id, d.reason as goal, d.ended_at as met_at, $as_of as as_of, m.step, d.value, d.ghost
from ended d
left join (
    select f.enrolment_id, f.step, row_number() over (partition by f.enrolment_id order by f.went_at desc, f.step) as place
    from journeys.in_flight_messages f
    join ended x on x.enrolment_id = f.enrolment_id and x.outcome = 'converted' and f.went_at <= x.ended_at
) m on m.enrolment_id = d.enrolment_id and m.place = 1
where d.outcome = 'converted';

-- What only runs in flight need is forgotten.
delete from journeys.positions where enrolment_id in (select enrolment_id from ended);

delete from journeys.observations where enrolment_id in (select enrolment_id from ended);

delete from journeys.in_flight_messages where enrolment_id in (select enrolment_id from ended);
