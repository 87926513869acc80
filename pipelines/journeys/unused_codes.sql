-- Questions about unused codes. `own`: the scenario gives the code itself, and the question is about that of the run.
create or replace temp table offers_asked as
select t.enrolment_id, t.contact_id, t.ghost, c.condition, c.offer, count(n.node) > 0 as own
from touched t
join journeys.conditions c on c.scenario = t.scenario and c.version = t.version and c.kind = 'offer_unused'
left join journeys.nodes n on n.scenario = t.scenario and n.version = t.version and n.kind = 'offer' and n.word = c.offer
group by t.enrolment_id, t.contact_id, t.ghost, c.condition, c.offer;

-- Runs and questions for which a code is there to use; a ghost that came to the offer goes on as if it had one. About a code from elsewhere,
-- what counts is that the contact has one.
create or replace temp table unused_codes as
select a.enrolment_id, a.condition
from offers_asked a
join journeys.codes k on k.enrolment_id = a.enrolment_id and k.offer = a.offer
left join shop.offer_codes o on o.offer = k.offer and o.code = k.code
where a.own and (k.code is not null or a.ghost) and o.redeemed_at is null and coalesce(k.valid_until, $as_of) >= $as_of
union
select a.enrolment_id, a.condition
from offers_asked a
join shop.offer_codes o on o.contact_id = a.contact_id and o.offer = a.offer
where not a.own and o.redeemed_at is null and coalesce(o.valid_until, $as_of) >= $as_of;
