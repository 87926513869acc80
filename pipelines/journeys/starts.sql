-- Who was sent on to other scenarios. A ghost is sent on too: the other scenario draws its own holdout.
insert into journeys.starts by name
select
    w.word as scenario, w.enrolment_id as started_by, w.scenario as started_in, w.contact_id, w.reached_at as started_at, $as_of as as_of, $round as round,
    e.trigger_data
from walked w
join journeys.enrolments e on e.enrolment_id = w.enrolment_id
where w.round = $round and w.ready and w.kind = 'start';
