-- Conditions that join several: a way holds from when the last of its questions does, or from this tick where one of them
-- is about a state; the condition from the first way on, what happened before what is the case now.
insert into holds
select enrolment_id, condition, coalesce(min(case when from_now then null else holds_from end), timestamp '0001-01-01'), timestamp '9999-12-31'
from (
    select t.enrolment_id, a.condition, a.way, max(h.holds_from) as holds_from, min(h.holds_from) = timestamp '0001-01-01' as from_now
    from touched t
    join journeys.alternatives a on a.scenario = t.scenario and a.version = t.version and a.part <> a.condition
    join (select enrolment_id, condition, min(holds_from) as holds_from from holds group by enrolment_id, condition) h
        on h.enrolment_id = t.enrolment_id and h.condition = a.part
    group by t.enrolment_id, a.condition, a.way
    having count(*) = max(a.parts)
) w
group by enrolment_id, condition;
