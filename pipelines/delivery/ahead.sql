-- The next messages of one sender after a place, with what the messages room needs to render them.
create or replace temp table to_render as
select
    m.message_key, m.enrolment_id, m.scenario, m.step, m.contact_id, m.channel, m.address, m.topic, m.category, m.template, m.locale, m.priority, m.due_at, m.not_before, m.expires_at,
    g.attempts + 1 as attempt, g.place
from (select message_key, attempts, place from going where place > $after order by place limit $size) g
join outbox.messages m on m.message_key = g.message_key
order by g.place;
