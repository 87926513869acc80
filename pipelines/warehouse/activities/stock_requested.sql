-- A contact asked to be told when a product is back.
-- key: product_id
select
    contact_id || ':' || product_id || ':' || cast(requested_at as varchar) as activity_id, contact_id,
    requested_at as occurred_at, loaded_at,
    product_id as key, cast(null as decimal(18, 2)) as value,
    product_id
from shop.stock_requests
