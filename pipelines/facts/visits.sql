-- What this tick changes in each contact's visits: rows to count, less those that leave the window of 30 days.
create or replace temp table changed_sessions as
with parts as (
    select contact_id, false as anew, count(case when started_at >= $since_30d then 1 end) as sessions_30d, max(started_at) as last_session_at
    from counted_sessions group by contact_id
    union all
    select s.contact_id, false, -count(*), null
    from shop.sessions s
    where s.started_at >= $was_30d and s.started_at < $since_30d and s.started_at < $previous and s.loaded_at <= $previous and s.contact_id is not null
        and not exists (select 1 from recounted r where r.block = 'sessions' and r.contact_id = s.contact_id)
    group by s.contact_id
    union all
    select contact_id, true, 0, null from recounted where block = 'sessions'
)
select contact_id, bool_or(anew) as anew, cast(sum(sessions_30d) as bigint) as sessions_30d, max(last_session_at) as last_session_at
from parts group by contact_id;

-- The same for what they did on the site.
create or replace temp table changed_site_events as
with parts as (
    select
        contact_id, false as anew,
        count(case when name = 'product_viewed' and occurred_at >= $since_30d then 1 end) as product_views_30d,
        max(case when name in ('cart_updated', 'checkout_started') then occurred_at end) as last_cart_at,
        max(case when name = 'quote_requested' then occurred_at end) as last_quote_at,
        count(case when name in ('signed_up', 'account_created') then 1 end) > 0 as has_account
    from counted_site_events group by contact_id
    union all
    select e.contact_id, false, -count(*), null, null, false
    from shop.site_events e
    where e.occurred_at >= $was_30d and e.occurred_at < $since_30d and e.occurred_at < $previous and e.loaded_at <= $previous
        and e.name = 'product_viewed' and e.contact_id is not null
        and not exists (select 1 from recounted r where r.block = 'site_events' and r.contact_id = e.contact_id)
    group by e.contact_id
    union all
    select contact_id, true, 0, null, null, false from recounted where block = 'site_events'
)
select
    contact_id, bool_or(anew) as anew, cast(sum(product_views_30d) as bigint) as product_views_30d,
    max(last_cart_at) as last_cart_at, max(last_quote_at) as last_quote_at, bool_or(has_account) as has_account
from parts group by contact_id;
