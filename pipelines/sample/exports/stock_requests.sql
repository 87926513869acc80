-- Contacts who asked to be told when a product that was out is back.
create or replace temp table export as
with outs as (
    select w.product_no, w.month, a.opens_at as out_at, b.opens_at as back_at, h.contacts
    from windows w
    join days a on a.day_no = w.out_from
    join days b on b.day_no = w.out_to
    join heads h on h.day_no = w.out_from
    join range_of_products p on p.product_no = w.product_no and p.launched_no <= w.out_from
    where w.out_from is not null
),
asked as (
    select product_no, out_at, back_at, contacts, dice('wants', product_no || '|' || month || '|' || k) as h
    from outs cross join range(1 + $contacts // 800) as t(k)
)
select distinct c.contact_id, p.product_id, a.out_at + to_seconds(cast(part(a.h, 1) * date_diff('second', a.out_at, a.back_at) as bigint)) as requested_at
from asked a
join people c on c.no = 1 + cast(floor(a.contacts * part(a.h, 0)) as bigint)
join range_of_products p on p.product_no = a.product_no
where a.contacts > 0 and a.out_at + to_seconds(cast(part(a.h, 1) * date_diff('second', a.out_at, a.back_at) as bigint)) >= $opens_at
    and a.out_at + to_seconds(cast(part(a.h, 1) * date_diff('second', a.out_at, a.back_at) as bigint)) < $closes_at
order by requested_at, contact_id, product_id;
