-- What goes with what, declared when both are there: the same design in the same set, coffee and tea with what makes them.
create or replace temp table export as
with pairs as (
    select * from (values
        (1, 3, 'set'), (1, 6, 'set'), (2, 3, 'set'), (4, 5, 'set'), (7, 9, 'accessory'), (7, 10, 'refill'), (8, 12, 'refill'), (9, 10, 'refill'),
        (5, 11, 'refill'), (13, 15, 'set'), (16, 17, 'set'), (18, 19, 'accessory'), (20, 19, 'accessory'), (22, 24, 'set'), (26, 25, 'set'), (27, 28, 'refill')
    ) as t(kind_no, related_no, kind)
)
select a.product_id, b.product_id as related_id, p.kind
from pairs p
join range_of_products a on a.kind_no = p.kind_no
join range_of_products b on b.kind_no = p.related_no and b.design = a.design
join days d on d.day_no = greatest(a.launched_no, b.launched_no)
where d.opens_at >= $opens_at and d.opens_at < $closes_at
order by a.product_no, b.product_no;
