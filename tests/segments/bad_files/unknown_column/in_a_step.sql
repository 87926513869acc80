-- Somebody.
-- owner: team:crm
with buyers as (
    select contact_id, sum(total) as spent
    from shop.orders
    group by contact_id
)

select contact_id
from buyers
where spend > 100
