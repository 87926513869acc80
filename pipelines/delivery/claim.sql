-- Messages of one sender that are rendered, claimed before anybody is called.
create or replace temp table batch as
select r.message_key, r.attempt, r.place
from to_render r
where r.message_key in (select message_key from claimed);

delete from going where place in (select place from batch);

insert into delivery.sends by name
select b.message_key, $sender as sender, b.attempt, 'claimed' as state, $now as changed_at,
    cast(null as varchar) as provider_message_id, cast(null as varchar) as error, cast(null as timestamp) as retry_at
from batch b;
