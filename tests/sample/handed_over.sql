-- Ten messages for each contact of a small shop: the first three about a cart they left, where there is one. Most were accepted
-- three hours after the tick, some refused, some only claimed; every fifth message is transactional.
create or replace temp table left_carts as
select contact_id, max(cart_id) as cart_id from raw.site_events
where name = 'cart_updated' and occurred_at < $tick and cart_id not in (select cart_id from raw.orders where cart_id is not null)
group by contact_id;

create or replace temp table planned as
select c.contact_id, k, md5(c.contact_id || k) as message_key, case when k < 3 then l.cart_id end as cart_id
from raw.contacts c
cross join (select unnest(range(10)) as k) n
left join left_carts l on l.contact_id = c.contact_id
where c.email is not null;

insert into journeys.enrolments by name
select 'en-' || message_key as enrolment_id, case when cart_id is null then 'news' else 'cart' end as scenario, 1 as version, contact_id,
    coalesce(cart_id, 'key') as entry_key,
    $tick as triggered_at, $tick as entered_at, $tick as entered_as_of, false as ghost
from planned;

insert into outbox.messages by name
select message_key, $tick as as_of, 'news' as scenario, 1 as version, 'hello' as step, 'en-' || message_key as enrolment_id, contact_id,
    case when k = 9 then 'sms' else 'email' end as channel, 'promotions' as topic,
        case when k % 5 = 4 then 'transactional' else 'marketing' end as category, 'hello' as template,
    'en' as locale, $tick as due_at, $tick as not_before, $tick + interval 1 day as expires_at, 50 as priority, 'to_send' as status, $tick as changed_at
from planned;

insert into delivery.sends by name
select message_key, 'outgoing' as sender, 1 as attempt, 'claimed' as state, $tick + interval 3 hour as changed_at from planned
union all
select message_key, 'outgoing', 1, 'refused', $tick + interval 3 hour from planned where k = 7
union all
select message_key, 'outgoing', 1, 'accepted', $tick + interval 3 hour + interval 250 millisecond from planned where k < 7 or k = 9;
