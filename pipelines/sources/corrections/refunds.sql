-- The contact of the refund, or of its order where the refund names none.
create or replace temp table concerned as
select coalesce(c.contact_id, o.contact_id) as contact_id from corrected c left join raw.orders o on o.order_id = c.order_id;
