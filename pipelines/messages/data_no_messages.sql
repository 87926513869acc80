-- The same table without rows, for looking at a `data.sql` before there is anything to ask it about.
create or replace temp table messages as
select
    cast(null as varchar) as message_key, cast(null as varchar) as contact_id, cast(null as varchar) as activity,
    cast(null as timestamp) as triggered_at, cast(null as json) as trigger_data,
    cast(null as varchar) as order_id, cast(null as varchar) as cart_id, cast(null as varchar) as product_id,
    cast(null as varchar) as event_id, cast(null as varchar) as subscription_id
where false;
