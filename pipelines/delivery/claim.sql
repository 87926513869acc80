-- A batch of one sender, rendered, claimed before anybody is called.
insert into delivery.sends by name
select b.message_key, $sender as sender, b.attempt, 'claimed' as state, $now as changed_at,
    cast(null as varchar) as provider_message_id, cast(null as varchar) as error, cast(null as timestamp) as retry_at
from batch b;
