-- The last things that went wrong at a sender, in the provider's words without whom the message was for.
with failed as (
    select s.changed_at, s.state, s.error, m.contact_id, m.address
    from delivery.sends s
    left join outbox.messages m on m.message_key = s.message_key
    where s.sender = $sender and s.error is not null
    order by s.changed_at desc, s.state, s.error, s.message_key
    limit 1000
), named as (
    select
        f.changed_at, f.state,
        replace(
            replace(replace(replace(f.error, coalesce(split_part(f.address, ' ', 1), '…'), '…'), coalesce(f.contact_id, '…'), '…'), coalesce(c.last_name, '…'), '…'),
            coalesce(c.first_name, '…'), '…'
        ) as error
    from failed f
    left join raw.contacts c on c.contact_id = f.contact_id
)
select changed_at, state, error, count(*) as messages
from named
group by changed_at, state, error
order by changed_at desc, messages desc, state, error
limit $limit;
