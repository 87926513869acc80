-- Every message that waits, as the rendering wants them; with $template, as if all were that message.
create or replace temp table to_render as
select message_key, enrolment_id, scenario, step, contact_id, channel, address, topic, category, coalesce($template, template) as template, locale, priority, due_at, expires_at, 1 as attempt
from outbox.messages
where status in ('to_send', 'held');

select count(*) from to_render;
