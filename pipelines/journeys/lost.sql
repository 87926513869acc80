-- Conditions about a message that was dropped: nobody can answer it.
create or replace temp table lost as
select m.enrolment_id, c.condition, min(m.lost_at) as lost_at
from journeys.in_flight_messages m
join touched t on t.enrolment_id = m.enrolment_id
join journeys.conditions c on c.scenario = t.scenario and c.version = t.version and c.kind = 'message' and c.step = m.step
where m.lost_at is not null
group by m.enrolment_id, c.condition;

-- A condition that joins several is lost when each of its ways is.
insert into lost
select enrolment_id, condition, max(lost_at)
from (
    select t.enrolment_id, a.condition, a.way, min(l.lost_at) as lost_at
    from touched t
    join journeys.alternatives a on a.scenario = t.scenario and a.version = t.version and a.part <> a.condition
    left join lost l on l.enrolment_id = t.enrolment_id and l.condition = a.part
    group by t.enrolment_id, a.condition, a.way
) w
group by enrolment_id, condition
having count(lost_at) = count(*);
