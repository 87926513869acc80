-- The lines that each snapshot of a cart holds.
create or replace temp table export as
select s.event_id, b.line_no, p.product_id, cast(b.quantity as decimal(18, 3)) as quantity, cast(money(b.cents) as decimal(18, 4)) as unit_price
from snapshots s
join baskets b on b.visit = s.visit and b.line_no <= s.lines
join range_of_products p on p.product_no = b.product_no
order by s.occurred_at, s.event_id, b.line_no;
