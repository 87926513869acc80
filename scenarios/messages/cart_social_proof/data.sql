-- How many contacts ordered something that is in the cart in the last 30 days; empty under ten, which would prove little.
select m.message_key, case when count(distinct p.contact_id) >= 10 then count(distinct p.contact_id) end as buyers
from messages m
join shop.site_events e on e.cart_id = m.cart_id and e.occurred_at >= rl_add_days(as_of(), -14)
join shop.cart_lines l on l.event_id = e.event_id
join shop.purchases p on p.product_id = l.product_id and p.ordered_at >= rl_add_days(as_of(), -30)
group by m.message_key
