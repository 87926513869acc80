-- What is counted in this tick: rows not visible at the last one, either because they had not happened or because they
-- had not been loaded. The two are read apart, so that each reads only its stretch of the table. For contacts counted
-- anew, all their rows.

-- Contacts who are new or changed in what facts say of them: an export often rewrites every contact for less.
create or replace temp table news_contacts as
with before as (
    select contact_id, known, email, country, locale, timezone, birth_date, created_at from facts.stored_contacts
    where contact_id in (select contact_id from recounted where block = 'contacts')
)
select
    r.contact_id, c.contact_id is not null as known,
    c.email, c.country, c.locale, c.timezone, c.birth_date, c.created_at
from recounted r
left join shop.contacts c on c.contact_id = r.contact_id
left join before b on b.contact_id = r.contact_id
where r.block = 'contacts' and (
    coalesce(b.known, false) <> (c.contact_id is not null) or b.email is distinct from c.email or b.country is distinct from c.country
    or b.locale is distinct from coalesce(c.locale, $locale) or b.timezone is distinct from coalesce(c.timezone, $zone)
    or b.birth_date is distinct from c.birth_date or b.created_at is distinct from c.created_at
);

create or replace temp view counted_contacts as
select contact_id, known, email, country, locale, timezone, birth_date, created_at from news_contacts;

create or replace temp table news_orders as
with news as (
    select order_id, contact_id, ordered_at, total, coupon_code, loaded_at from shop.orders
    where ordered_at >= $previous and cancelled_at is null
    union all
    select order_id, contact_id, ordered_at, total, coupon_code, loaded_at from shop.orders
    where ordered_at < $previous and loaded_at > $previous and cancelled_at is null
)
select n.order_id, n.contact_id, n.ordered_at, n.total, n.coupon_code, n.loaded_at from news n
where n.contact_id is not null and not exists (select 1 from recounted r where r.block = 'orders' and r.contact_id = n.contact_id)
union all
select o.order_id, o.contact_id, o.ordered_at, o.total, o.coupon_code, o.loaded_at from shop.orders o
where o.cancelled_at is null and o.contact_id in (select contact_id from recounted where block = 'orders');

create or replace temp view counted_orders as
select order_id, contact_id, ordered_at, total, coupon_code from news_orders;

-- Lines loaded since, and those of them that came without or after their order: few, so that their orders are looked up
-- only where there are any.
create or replace temp table new_lines as
select order_id, product_id, quantity from raw.order_lines where loaded_at > $previous;

create or replace temp table late_lines as
select l.order_id, l.product_id, l.quantity from new_lines l
where not exists (select 1 from news_orders o where o.order_id = l.order_id);

-- Lines loaded before are only searched for orders that were loaded before as well, or that they waited for.
create or replace temp table earlier_lines as
select l.order_id, l.product_id, l.quantity from raw.order_lines l
where l.loaded_at <= $previous and l.order_id in (
    select o.order_id from news_orders o
    where o.loaded_at <= $previous or o.order_id in (select order_id from facts.awaited_orders)
);

create or replace temp table news_lines as
select o.contact_id, l.product_id, l.quantity
from news_orders o
join (select order_id, product_id, quantity from new_lines union all select order_id, product_id, quantity from earlier_lines) l on l.order_id = o.order_id
union all
select o.contact_id, l.product_id, l.quantity
from late_lines l
join shop.orders o on o.order_id = l.order_id
where o.ordered_at < $previous and o.loaded_at <= $previous and o.cancelled_at is null and o.contact_id is not null
    and not exists (select 1 from recounted r where r.block = 'orders' and r.contact_id = o.contact_id);

delete from facts.awaited_orders where order_id in (select order_id from raw.orders where loaded_at > $previous);

insert into facts.awaited_orders
select distinct l.order_id from late_lines l
where not exists (select 1 from raw.orders o where o.order_id = l.order_id)
    and not exists (select 1 from facts.awaited_orders a where a.order_id = l.order_id);

create or replace temp view counted_lines as
select contact_id, product_id, quantity from news_lines;

create or replace temp table news_refunds as
with news as (
    select contact_id, order_id, refunded_at, amount from shop.refunds where refunded_at >= $previous
    union all
    select contact_id, order_id, refunded_at, amount from shop.refunds where refunded_at < $previous and loaded_at > $previous
), counted as (
    select n.contact_id, n.order_id, n.refunded_at, n.amount from news n
    where n.contact_id is not null and not exists (select 1 from recounted r where r.block = 'orders' and r.contact_id = n.contact_id)
    union all
    select f.contact_id, f.order_id, f.refunded_at, f.amount from shop.refunds f
    where f.contact_id in (select contact_id from recounted where block = 'orders')
)
select c.contact_id, c.refunded_at, c.amount from counted c
where not exists (select 1 from shop.orders o where o.order_id = c.order_id and o.cancelled_at is not null);

create or replace temp view counted_refunds as
select contact_id, refunded_at, amount from news_refunds;

create or replace temp table news_sessions as
with news as (
    select contact_id, started_at from shop.sessions where started_at >= $previous
    union all
    select contact_id, started_at from shop.sessions where started_at < $previous and loaded_at > $previous
)
select n.contact_id, n.started_at from news n
where n.contact_id is not null and not exists (select 1 from recounted r where r.block = 'sessions' and r.contact_id = n.contact_id)
union all
select s.contact_id, s.started_at from shop.sessions s
where s.contact_id in (select contact_id from recounted where block = 'sessions');

create or replace temp view counted_sessions as
select contact_id, started_at from news_sessions;

create or replace temp table news_site_events as
with news as (
    select contact_id, occurred_at, name, product_id from shop.site_events where occurred_at >= $previous
    union all
    select contact_id, occurred_at, name, product_id from shop.site_events where occurred_at < $previous and loaded_at > $previous
)
select n.contact_id, n.occurred_at, n.name, n.product_id from news n
where n.contact_id is not null and not exists (select 1 from recounted r where r.block = 'site_events' and r.contact_id = n.contact_id)
union all
select e.contact_id, e.occurred_at, e.name, e.product_id from shop.site_events e
where e.contact_id in (select contact_id from recounted where block = 'site_events');

create or replace temp view counted_site_events as
select contact_id, occurred_at, name, product_id from news_site_events;

create or replace temp table news_message_events as
with news as (
    select contact_id, occurred_at, channel, kind, url from shop.message_events where occurred_at >= $previous
    union all
    select contact_id, occurred_at, channel, kind, url from shop.message_events where occurred_at < $previous and loaded_at > $previous
)
select n.contact_id, n.occurred_at, n.channel, n.kind, n.url from news n
where n.contact_id is not null and not exists (select 1 from recounted r where r.block = 'message_events' and r.contact_id = n.contact_id)
union all
select e.contact_id, e.occurred_at, e.channel, e.kind, e.url from shop.message_events e
where e.contact_id in (select contact_id from recounted where block = 'message_events');

create or replace temp view counted_message_events as
select contact_id, occurred_at, channel, kind, url from news_message_events;

create or replace temp table news_points as
with news as (
    select contact_id, points from scored where occurred_at >= since and occurred_at >= $previous
    union all
    select contact_id, points from scored where occurred_at >= since and occurred_at < $previous and loaded_at > $previous
    union all
    select contact_id, -points as points from scored
    where occurred_at >= was and occurred_at < since and occurred_at < $previous and loaded_at <= $previous
)
select n.contact_id, n.points from news n
where not exists (select 1 from recounted r where r.block = 'points' and r.contact_id = n.contact_id)
union all
select s.contact_id, s.points from scored s
where s.occurred_at >= s.since and s.contact_id in (select contact_id from recounted where block = 'points');

create or replace temp view counted_points as
select contact_id, points from news_points;

create or replace temp view counted_tags as
select t.contact_id, t.tag from shop.contact_tags t
where t.removed_at is null and t.contact_id in (select contact_id from recounted where block = 'contact_tags');

create or replace temp view counted_consents as
select c.contact_id, c.channel, c.topic, c.basis, c.granted, c.occurred_at from shop.consents c
where c.contact_id in (select contact_id from recounted where block = 'consents');
