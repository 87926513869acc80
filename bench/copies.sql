-- The messages that wait, so many times that there are $messages; each copy has a key of its own.
insert into outbox.messages
select m.* replace (m.message_key || '-' || n.number as message_key)
from outbox.messages m
cross join (select unnest(range(1, 1 + cast(ceil($messages / (select count(*) from outbox.messages where status in ('to_send', 'held'))) as bigint))) as number) n
where m.status in ('to_send', 'held')
order by n.number, m.message_key
limit (select $messages - count(*) from outbox.messages where status in ('to_send', 'held'));
