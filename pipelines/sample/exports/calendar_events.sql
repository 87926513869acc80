-- A workshop every Thursday at half past six in the evening, announced five weeks ahead; the past ones all at once.
create or replace temp table workshops as
with thursdays as (
    select i, timezone('UTC', timezone($zone, cast(date '2000-01-06' + cast(7 * i as integer) as timestamp) + interval 1110 minute)) as starts_at
    from range(date_diff('day', date '2000-01-06', cast($begins_at as date)) // 7 + 1, date_diff('day', date '2000-01-06', cast($closes_at as date)) // 7 + 6) as t(i)
)
select 'W' || i as event_id, i, starts_at, starts_at + interval 2 hour as ends_at, starts_at - interval 35 day as announced_at,
    ['Atelier Kokedama', 'Atelier Barista', 'Atelier Bonsai', 'Atelier Terrarium', 'Atelier Origami', 'Atelier Bouquet'][1 + i % 6] as name
from thursdays;

create or replace temp table export as
select event_id, name, starts_at, ends_at, $url || '/workshops/' || lower(event_id) as url from workshops
where announced_at < $known_at and (not $daily or announced_at >= $opens_at) and ($daily or starts_at >= $opens_at and starts_at < $closes_at or $closes_at = $known_at and starts_at >= $closes_at)
order by starts_at;
