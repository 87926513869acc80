-- The contact of the line's order.
create or replace temp table concerned as
select o.contact_id from corrected c join raw.orders o on o.order_id = c.order_id;
