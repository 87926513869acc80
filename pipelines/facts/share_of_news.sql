-- Rows that are news to this tick as a share of all rows, in the tables that make facts dear.
with news as (
    select count(*) as rows from shop.orders where ordered_at >= $previous
    union all select count(*) from shop.orders where ordered_at < $previous and loaded_at > $previous
    union all select count(*) from shop.sessions where started_at >= $previous
    union all select count(*) from shop.sessions where started_at < $previous and loaded_at > $previous
    union all select count(*) from shop.site_events where occurred_at >= $previous
    union all select count(*) from shop.site_events where occurred_at < $previous and loaded_at > $previous
    union all select count(*) from shop.message_events where occurred_at >= $previous
    union all select count(*) from shop.message_events where occurred_at < $previous and loaded_at > $previous
), stored as (
    select count(*) as rows from raw.orders
    union all select count(*) from raw.sessions
    union all select count(*) from raw.site_events
    union all select count(*) from raw.message_events
)
select coalesce((select sum(rows) from news) / nullif((select sum(rows) from stored), 0), 0) as share;
