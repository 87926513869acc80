-- The lines of the carts that went to the check-out.
create or replace temp table export as
select 'EA' || substr(md5(b.message_key), 1, 16) || '-c' as event_id, l.line_no, l.product_id, l.quantity, l.unit_price
from bought b
join bought_lines l on l.order_id = b.order_id
order by event_id, l.line_no;
