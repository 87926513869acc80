-- Whom a `where:` could not be answered for. Each is written down once: the same value is met again at every tick.
insert into journeys.unread_values by name
select u.scenario, u.question, u.contact_id, $as_of as as_of, min(u.seen) as seen
from unread u
where u.contact_id is not null and not exists (
    select 1 from journeys.unread_values k where k.scenario = u.scenario and k.question = u.question and k.contact_id = u.contact_id
)
group by u.scenario, u.question, u.contact_id;
