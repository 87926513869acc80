-- A workshop every Thursday at half past six in the evening, announced five weeks ahead.
create or replace temp table workshops as
with thursdays as (
    select i, timezone('UTC', timezone($zone, cast(date '2000-01-06' + cast(7 * i as integer) as timestamp) + interval 1110 minute)) as starts_at
    from range(date_diff('day', date '2000-01-06', cast($begins_at as date)) // 7 + 1,
        date_diff('day', date '2000-01-06', cast($ends_at as date)) // 7 + 6) as t(i)
)
select 'W' || i as event_id, i, starts_at, starts_at + interval 2 hour as ends_at, starts_at - interval 35 day as announced_at,
    ['Atelier Kokedama', 'Atelier Barista', 'Atelier Bonsai', 'Atelier Terrarium', 'Atelier Origami', 'Atelier Bouquet'][1 + i % 6] as name
from thursdays;
