-- The lowest price of the thirty days before the price fell, which is what a reduction may be compared with (directive
-- 98/6/EC, article 6a; code de la consommation, article L112-1-1).
with prices as (
    select product_id, price, valid_from, lead(valid_from) over (partition by product_id order by valid_from) as valid_until
    from shop.products
)

select m.message_key, min(p.price) as lowest_before
from messages m
join prices p on p.product_id = m.product_id and p.valid_from < m.triggered_at and p.valid_until > rl_add_days(m.triggered_at, -30)
group by m.message_key
