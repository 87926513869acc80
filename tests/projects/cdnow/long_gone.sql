-- Contacts without a purchase for more than 90, 180 and 365 days at 30 June 1998.
with contacts as (
    select contact_id, rl_days(cast(rl_add_seconds(max(ordered_at), -4 * 3600) as date), date '1998-06-30') as recency
    from shop.orders
    group by contact_id
)
select count(*) filter (where recency > 90), count(*) filter (where recency > 180), count(*) filter (where recency > 365)
from contacts;
