-- One delivered order in twenty-five gives money back within two days: mostly one line, sometimes all of it. The order
-- is not always named.
create or replace temp table export as
with returned as (
    select o.*, dice('refund', o.order_id) as h,
        o.delivered_at + to_seconds(cast(20000 + 150000 * part(dice('refund', o.order_id), 1) as bigint)) as refunded_at
    from orders o
    where o.delivered_at is not null and part(dice('refund', o.order_id), 0) < 0.04
)
select
    'R' || substr(r.order_id, 2) as refund_id, r.contact_id, case when part(r.h, 2) >= 0.05 then r.order_id end as order_id, r.refunded_at,
    money(case when part(r.h, 3) < 0.3 then t.cents else l.quantity * l.cents end) as amount
from returned r
join totals t on t.order_id = r.order_id
join order_lines l on l.order_id = r.order_id and l.line_no = 1
where ($whole and r.refunded_at < $known_at) or (r.refunded_at >= $opens_at and r.refunded_at < $closes_at)
order by r.refunded_at, r.order_id;
