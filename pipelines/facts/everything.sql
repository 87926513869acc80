-- Facts from the whole history: nothing counted before stays, and everything that can be seen is counted.

delete from facts.stored_contacts;
delete from facts.stored_interests;
delete from facts.stored_channels;
delete from facts.stored_attributes;
delete from facts.unread_answers;
delete from facts.products;
delete from facts.unplaced;
delete from facts.awaited_orders;

insert into facts.awaited_orders
select distinct l.order_id from raw.order_lines l
where not exists (select 1 from raw.orders o where o.order_id = l.order_id);

-- Each product's category and page as of now.
insert into facts.products
select product_id, category, split_part(url, '?', 1) from shop.current_products;

-- Nobody is an exception.
create or replace temp table recounted as
select '' as contact_id, '' as block where false;

-- The rows to count, one view a kind.
create or replace temp view counted_contacts as
select contact_id, true as known, email, country, locale, timezone, birth_date, created_at from shop.contacts;

create or replace temp view counted_orders as
select order_id, contact_id, ordered_at, total, coupon_code from shop.orders where cancelled_at is null and contact_id is not null;

create or replace temp view counted_lines as
select o.contact_id, l.product_id, l.quantity from counted_orders o join raw.order_lines l on l.order_id = o.order_id;

create or replace temp view counted_refunds as
select r.contact_id, r.refunded_at, r.amount from shop.refunds r
where r.contact_id is not null and not exists (select 1 from shop.orders o where o.order_id = r.order_id and o.cancelled_at is not null);

create or replace temp view counted_sessions as
select contact_id, started_at from shop.sessions where contact_id is not null;

create or replace temp view counted_site_events as
select contact_id, occurred_at, name, product_id from shop.site_events where contact_id is not null;

create or replace temp view counted_message_events as
select contact_id, occurred_at, channel, kind, url from shop.message_events where contact_id is not null;

create or replace temp view counted_points as
select contact_id, points from scored where occurred_at >= since;

create or replace temp view counted_tags as
select contact_id, tag from shop.contact_tags where removed_at is null;

create or replace temp view counted_consents as
select contact_id, channel, topic, basis, granted, occurred_at from shop.consents;
