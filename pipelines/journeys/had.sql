-- The messages that people moved from another version had before: they are passed, never sent again.
create or replace temp table had as
select f.enrolment_id, f.step
from journeys.moves m
join touched t on t.enrolment_id = m.enrolment_id
join journeys.in_flight_messages f on f.enrolment_id = m.enrolment_id
group by f.enrolment_id, f.step;
