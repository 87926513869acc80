-- What fell due in the tick and what was decided, as the figures say; and messages that fell due of which the outbox has no row.
select
    coalesce(sum(f.due), 0) as due,
    coalesce(sum(f.to_send + f.held + f.dropped), 0) as decided,
    (
        select count(*)
        from (select distinct enrolment_id, step from journeys.decisions where as_of = $as_of and outcome = 'due') d
        where not exists (select 1 from outbox.messages m where m.enrolment_id = d.enrolment_id and m.step = d.step)
    ) as missing
from results.scenarios f
where f.as_of = $as_of;
