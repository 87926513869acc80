-- Buy what is new: in the last 365 days, at least param early_adopter_products products within param early_adopter_days
-- days of their first appearance. Products that were there when the catalogue's records began are not new.
-- owner: team:merchandising
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
    where launched_at > (select min(launched_at) from launches)
        and rl_days(launched_at, as_of()) <= 365 + param('early_adopter_days')
)

select o.contact_id
from shop.orders as o
inner join shop.order_lines as l on o.order_id = l.order_id
inner join new_products as p on l.product_id = p.product_id
inner join facts.contacts as c on o.contact_id = c.contact_id
where o.cancelled_at is null
    and rl_days(o.ordered_at, as_of()) <= 365
    and rl_days(p.launched_at, o.ordered_at) between 0 and param('early_adopter_days')
group by o.contact_id
having count(distinct l.product_id) >= param('early_adopter_products')
