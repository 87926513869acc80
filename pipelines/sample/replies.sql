-- What contacts do with the messages that were handed over: a function of the seed, the contact and the message key.
-- Read as of the tick of the day; everything happens after the hand-over and before the next tick.

-- Messages accepted before the next tick that had no answer when the day began. `room` is how many seconds are left of it.
create or replace temp table answerable as
with accepted as (
    select message_key, provider_message_id, date_trunc('second', greatest(changed_at, $opens_at)) + interval 1 second as handed_at
    from delivery.sends where state = 'accepted' and changed_at < $closes_at - interval 2 minute
)
select
    a.message_key, a.provider_message_id, a.handed_at, m.contact_id, m.channel, m.topic, m.category, e.entry_key,
    date_diff('second', a.handed_at, $closes_at) as room,
    dice('answer', a.message_key) as h, dice('deed', a.message_key) as d,
    opens_of(m.contact_id) * case when k.cart_id is not null then 1.25 when m.category = 'transactional' then 1.3 else 1 end as opens,
    clicks_of(m.contact_id) + case when k.cart_id is not null then 0.35 else 0.12 end as clicks
from accepted a
join outbox.messages m on m.message_key = a.message_key
left join journeys.enrolments e on e.enrolment_id = m.enrolment_id
left join (select distinct cart_id from shop.site_events where cart_id is not null) k on k.cart_id = e.entry_key
where not exists (select 1 from shop.message_events s where s.message_key = a.message_key);

-- Three mails in two hundred bounce, a few of them for good. A third are opened, most within hours, more where a cart is spoken
-- of; a click follows an open within minutes; three in a thousand readers leave, and hardly any complain. SMS and push are clicked or not.
create or replace temp table replies as
with fated as (
    select *,
        case when channel = 'email' and part(h, 0) < 0.004 then 'hard' when channel = 'email' and part(h, 0) < 0.015 then 'soft' end as bounced,
        category = 'marketing' and part(h, 0) >= 0.02 and part(h, 0) < 0.023 as leaves,
        category = 'marketing' and channel = 'email' and part(h, 0) >= 0.03 and part(h, 0) < 0.0306 as complains,
        handed_at + to_seconds(1 + cast(least(90, room // 30) * part(d, 0) as bigint)) as delivered_at
    from answerable
),
opening as (
    select *,
        bounced is null and channel = 'email' and (leaves or complains or part(h, 1) < opens) as opened,
        delivered_at + to_seconds(5 + cast(0.85 * date_diff('second', delivered_at, $closes_at) * pow(part(h, 3), 3) as bigint)) as opened_at
    from fated
),
clicking as (
    select *,
        bounced is null and not leaves and not complains and case when channel = 'email' then opened and part(h, 2) < clicks
            else part(h, 2) < 0.07 end as clicked,
        opened_at + to_seconds(least(8 + cast(120 * part(d, 1) as bigint), date_diff('second', opened_at, $closes_at) // 2)) as clicked_at
    from opening
)
select *, clicked_at + to_seconds(least(240 + cast(1500 * part(d, 0) as bigint), date_diff('second', clicked_at, $closes_at) // 2)) as bought_at
from clicking;

-- Which link of a message they click: any that has a name.
create or replace temp table link_of_choice as
select message_key, url from delivery.links
where message_key in (select message_key from replies where clicked)
qualify row_number() over (partition by message_key order by md5(message_key || link)) = 1;

-- The cart that a message speaks about, where its key is one: its last snapshot, unless it was ordered or will be without
-- anybody asking.
create or replace temp table carts_spoken_of as
select e.cart_id, e.event_id
from shop.site_events e
where e.name = 'cart_updated' and e.cart_id in (select entry_key from replies where clicked)
    and not comes_back(e.cart_id) and e.cart_id not in (select cart_id from shop.orders where cart_id is not null)
qualify row_number() over (partition by e.cart_id order by e.occurred_at desc, e.event_id desc) = 1;

-- Who buys because of a click: two in five of those who look at their cart again, one in seven of the others. At most one
-- order a contact.
create or replace temp table purchases as
select
    'A' || upper(substr(md5(r.message_key), 1, 12)) as order_id, r.message_key, r.contact_id,
        coalesce(c.cart_id, 'KA' || upper(substr(md5(r.message_key), 1, 12))) as cart_id,
    c.event_id, k.code, r.d, r.clicked_at, r.bought_at
from replies r
left join shop.offer_codes k on k.message_key = r.message_key
left join carts_spoken_of c on c.cart_id = r.entry_key
where r.clicked and r.category = 'marketing' and part(r.d, 2) < case when c.cart_id is not null then 0.45 else 0.14 end
qualify row_number() over (partition by r.contact_id order by r.bought_at, r.message_key) = 1;

-- What they buy: the cart as they left it, or one thing of the range as it is today.
create or replace temp table bought_lines as
with offered as (
    select product_id, price, row_number() over (order by product_id) as place, count(*) over () as products
    from shop.current_products where stock > 0 and price is not null
)
select p.order_id, p.cart_id, l.line_no, l.product_id, l.quantity, l.unit_price
from purchases p
join shop.cart_lines l on l.event_id = p.event_id
union all
select p.order_id, p.cart_id, 1, o.product_id, case when part(p.d, 3) < 0.8 then 1 else 2 end, cast(o.price as decimal(18, 4))
from purchases p
join offered o on o.place = 1 + (p.d & 32767) % o.products
where p.event_id is null;

create or replace temp table bought as
select p.*, t.total
from purchases p
join (select order_id, cast(sum(quantity * unit_price) as decimal(18, 2)) as total from bought_lines group by order_id) t on t.order_id = p.order_id;
