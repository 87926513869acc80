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

early_purchases as (
    select
        b.contact_id,
        b.product_id
    from shop.purchases as b
    inner join new_products as p on b.product_id = p.product_id
    where b.ordered_at >= as_of() - interval 365 day
        and rl_days(p.launched_at, b.ordered_at) between 0 and param('early_adopter_days')
),

early_buyers as (
    select contact_id
    from early_purchases
    group by contact_id
    having count(distinct product_id) >= param('early_adopter_products')
)

select b.contact_id
from early_buyers as b
inner join facts.contacts as c on b.contact_id = c.contact_id
