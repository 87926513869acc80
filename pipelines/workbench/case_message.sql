-- The last message of a step to one contact, with the channel it took and its message.
select message_key, channel, template
from outbox.messages where contact_id = $contact and step = $step
order by due_at desc, message_key
limit 1;
