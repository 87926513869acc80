-- What scenarios ask about contacts, counted afresh: who they are and how many orders they placed.
delete from facts.stored_contacts;

insert into facts.stored_contacts by name
select
    c.contact_id, true as known, c.email, c.country, coalesce(c.locale, $locale) as locale, coalesce(c.timezone, $zone) as timezone,
    c.birth_date, c.created_at, count(o.order_id) as order_count, cast(0 as decimal(18, 2)) as gross_revenue, cast(0 as decimal(18, 2)) as refunded,
    0 as orders_30d, 0 as orders_90d, 0 as orders_365d, cast(0 as decimal(18, 2)) as revenue_30d, cast(0 as decimal(18, 2)) as revenue_90d,
    cast(0 as decimal(18, 2)) as revenue_365d, 0 as items_bought, 0 as largest_quantity, 0 as discounted_orders, 0 as sessions_30d,
    0 as product_views_30d, false as has_account, 0 as messages_180d, 0 as opens_90d, 0 as clicks_90d, 0 as lead_score,
    rl_json(c.attributes, 'answers') as preferred_channel, c.attributes
from shop.contacts c
left join shop.orders o on o.contact_id = c.contact_id and o.cancelled_at is null
group by c.contact_id, c.email, c.country, c.locale, c.timezone, c.birth_date, c.created_at, c.attributes;

delete from facts.state;

insert into facts.state by name
select $as_of as as_of, cast($as_of as date) as day, $as_of as since_30d, $as_of as since_90d, $as_of as since_180d, $as_of as loaded_until, '' as rules;
