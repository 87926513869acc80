-- Lines of the orders placed in the stretch, at the price paid: an order's lines sum to its total.
create or replace temp table export as
select l.order_id, l.line_no, p.product_id, cast(l.quantity as decimal(18, 3)) as quantity, cast(money(l.cents) as decimal(18, 4)) as unit_price
from order_lines l
join range_of_products p on p.product_no = l.product_no
where $whole or (l.ordered_at >= $opens_at and l.ordered_at < $closes_at)
order by l.ordered_at, l.order_id, l.line_no;
