-- The next messages of one sender, claimed before anybody is called.
create or replace temp table batch as
select g.message_key, g.attempts + 1 as attempt
from going g
join channels_of c on c.channel = g.channel
order by g.priority desc, g.due_at, g.message_key
limit $size;

delete from going where message_key in (select message_key from batch);

insert into delivery.sends by name
select b.message_key, $sender as sender, b.attempt, 'claimed' as state, $now as changed_at,
    cast(null as varchar) as provider_message_id, cast(null as varchar) as error, cast(null as timestamp) as retry_at
from batch b;

-- What the messages room needs to render them.
create or replace temp table to_render as
select m.message_key, m.enrolment_id, m.scenario, m.step, m.contact_id, m.channel, m.address, m.topic, m.category, m.template, m.locale, m.due_at, m.expires_at, b.attempt
from batch b
join outbox.messages m on m.message_key = b.message_key
order by m.priority desc, m.due_at, m.message_key;
