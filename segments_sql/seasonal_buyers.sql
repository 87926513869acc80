-- Buy at one time of the year only: at least param seasonal_orders orders, in more than one year, all of them in the same
-- quarter.
-- owner: team:crm
-- refresh: daily
with regulars as (
    select contact_id
    from facts.contacts
    where order_count >= param('seasonal_orders')
        and year(last_order_at) > year(first_order_at)
        and quarter(last_order_at) = quarter(first_order_at)
)

select o.contact_id
from shop.orders as o
inner join regulars as r on o.contact_id = r.contact_id
where o.cancelled_at is null
group by o.contact_id
having min(quarter(o.ordered_at)) = max(quarter(o.ordered_at))
