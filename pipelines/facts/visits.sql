-- What this tick changes in each contact's visits: rows to count, less those that leave the window of 30 days.
-- `anew`: what was counted before does not count.
create or replace temp table changed_sessions as
with counted as (
    select contact_id, count(case when started_at >= $since_30d then 1 end) as sessions_30d, max(started_at) as last_session_at
    from counted_sessions group by contact_id
), parts as (
    select contact_id, false as anew, 1 as sessions_30d from shop.sessions
    where started_at >= $was_30d and started_at < $since_30d and started_at < $previous and loaded_at <= $previous and contact_id is not null
    union all
    select contact_id, true, 0 from recounted where block = 'sessions'
), leaving as (
    select contact_id, bool_or(anew) as anew, sum(sessions_30d) as sessions_30d from parts group by contact_id
)
select
    coalesce(c.contact_id, l.contact_id) as contact_id, coalesce(l.anew, false) as anew,
    cast(coalesce(c.sessions_30d, 0) - case when l.anew then 0 else coalesce(l.sessions_30d, 0) end as bigint) as sessions_30d,
    c.last_session_at
from counted c
full join leaving l on l.contact_id = c.contact_id;

-- The same for what they did on the site.
create or replace temp table changed_site_events as
with counted as (
    select
        contact_id,
        count(case when name = 'product_viewed' and occurred_at >= $since_30d then 1 end) as product_views_30d,
        max(case when name in ('cart_updated', 'checkout_started') then occurred_at end) as last_cart_at,
        max(case when name = 'quote_requested' then occurred_at end) as last_quote_at,
        count(case when name in ('signed_up', 'account_created') then 1 end) > 0 as has_account
    from counted_site_events group by contact_id
), parts as (
    select contact_id, false as anew, 1 as product_views_30d from shop.site_events
    where occurred_at >= $was_30d and occurred_at < $since_30d and occurred_at < $previous and loaded_at <= $previous
        and name = 'product_viewed' and contact_id is not null
    union all
    select contact_id, true, 0 from recounted where block = 'site_events'
), leaving as (
    select contact_id, bool_or(anew) as anew, sum(product_views_30d) as product_views_30d from parts group by contact_id
)
select
    coalesce(c.contact_id, l.contact_id) as contact_id, coalesce(l.anew, false) as anew,
    cast(coalesce(c.product_views_30d, 0) - case when l.anew then 0 else coalesce(l.product_views_30d, 0) end as bigint) as product_views_30d,
    c.last_cart_at, c.last_quote_at, coalesce(c.has_account, false) as has_account
from counted c
full join leaving l on l.contact_id = c.contact_id;
