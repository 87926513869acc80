-- The last things that went wrong at a sender, in the provider's words without whom the message was for. A name is a word of three letters or more: `Al`
-- would take letters out of others. It is looked for twice, because one name ends where the next begins.
with failed as (
    select s.changed_at, s.state, s.error, m.contact_id, m.address
    from delivery.sends s
    left join outbox.messages m on m.message_key = s.message_key
    where s.sender = $sender and s.error is not null
    order by s.changed_at desc, s.state, s.error, s.message_key
    limit 1000
), named as (
    select
        f.changed_at, f.state, replace(replace(f.error, coalesce(split_part(f.address, ' ', 1), '…'), '…'), coalesce(f.contact_id, '…'), '…') as error,
        '(^|[^\pL\pN])(\Q' || case when length(c.first_name) > 2 then replace(c.first_name, '\E', '') else '…' end
        || '\E|\Q' || case when length(c.last_name) > 2 then replace(c.last_name, '\E', '') else '…' end || '\E)([^\pL\pN]|$)' as names
    from failed f
    left join raw.contacts c on c.contact_id = f.contact_id
), nameless as (
    select changed_at, state, trim(regexp_replace(regexp_replace(error, names, ' … ', 'g'), names, ' … ', 'g')) as error
    from named
)
select changed_at, state, error, count(*) as messages
from nameless
group by changed_at, state, error
order by changed_at desc, messages desc, state, error
limit $limit;
