-- Orders that no longer stand, never stood, or may stand again: those that were cancelled, and those corrected.
create or replace temp table unsettled_orders as
select order_id, contact_id, true as ended from raw.orders where cancelled_at >= $previous and cancelled_at < as_of() and ordered_at < as_of()
union all
select order_id, contact_id, false as ended from shop.orders where ordered_at >= $previous and cancelled_at is not null
union all
select order_id, contact_id, false as ended from shop.orders where loaded_at > $previous and cancelled_at is not null
union all
select order_id, contact_id, false as ended from raw.orders where corrected_at > $previous;

-- Contacts whose earlier counts cannot be carried on, and which of them: those are counted anew from the whole history
-- of these contacts. A block is named after the table it is counted from; lines and refunds go with orders.
create or replace temp table recounted as
-- Rows corrected: what they said before is gone.
select contact_id, case when contract in ('order_lines', 'refunds') then 'orders' else contract end as block
from raw.corrections where loaded_at > $previous
union
select contact_id, 'points' as block from raw.corrections
where loaded_at > $previous and contract in (select name from scored_tables)
union
-- Orders that stood until now.
select contact_id, 'orders' as block from unsettled_orders where ended and contact_id is not null
union
-- Refunds do not count without their order, whoever was refunded.
select r.contact_id, 'orders' as block from shop.refunds r
where r.contact_id is not null and r.order_id in (select order_id from unsettled_orders)
union
-- Tags put on or taken off, consents given or withdrawn: small tables, always counted anew.
select contact_id, 'contact_tags' as block from shop.contact_tags
where added_at >= $previous or removed_at >= $previous or loaded_at > $previous
union
select contact_id, 'consents' as block from shop.consents where occurred_at >= $previous or loaded_at > $previous
union
-- Contacts who are new, or whose attributes changed.
select contact_id, 'contacts' as block from raw.contacts
where (created_at >= $previous and created_at < as_of()) or loaded_at > $previous or corrected_at > $previous
union
-- Those who touched a product or page that is in another category now.
select o.contact_id, 'orders' as block
from moved m
join raw.order_lines l on l.product_id = m.ref
join shop.orders o on o.order_id = l.order_id
where m.kind = 'product' and o.contact_id is not null
union
select e.contact_id, 'site_events' as block
from moved m
join shop.site_events e on e.product_id = m.ref
where m.kind = 'product' and e.name = 'product_viewed' and e.contact_id is not null
union
select e.contact_id, 'message_events' as block
from moved m
join shop.message_events e on split_part(e.url, '?', 1) = m.ref
where m.kind = 'page' and e.kind = 'clicked' and e.contact_id is not null
union
-- Those with something new or restated in a table from which points are given by a date that is filled in later.
select contact_id, 'points' as block from restated where contact_id is not null;
