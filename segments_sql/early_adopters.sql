-- Buy what is new: of the products that appeared in the last 365 days, they bought at least param early_adopter_products
-- within param early_adopter_days days of their appearance. What was there when the records began has not appeared.
-- owner: team:merchandising
-- refresh: daily
with launches as (
    select
        product_id,
        min(valid_from) as launched_at
    from shop.products
    group by product_id
),

new_products as (
    select
        product_id,
        launched_at
    from launches
    where launched_at >= as_of() - interval 365 day
        and launched_at > (select min(launched_at) from launches)
),

orders as (
    select
        o.order_id,
        o.contact_id,
        o.ordered_at
    from shop.orders as o
    inner join facts.contacts as c on o.contact_id = c.contact_id
    where o.ordered_at >= as_of() - interval 365 day
        and o.cancelled_at is null
        and c.orders_365d > 0
)

select o.contact_id
from orders as o
inner join shop.order_lines as l on o.order_id = l.order_id
inner join new_products as p on l.product_id = p.product_id
where rl_days(p.launched_at, o.ordered_at) between 0 and param('early_adopter_days')
group by o.contact_id
having count(distinct l.product_id) >= param('early_adopter_products')
