-- Registrations for workshops, one to three weeks ahead, by contacts of longer standing; the ticket follows. Who came is
-- known the morning after.
create or replace temp table export as
with asked as (
    select w.event_id, w.starts_at, w.ends_at, k, dice('register', w.event_id || '|' || k) as h,
        (select coalesce(max(contacts), 0) from heads where heads.opens_at <= w.starts_at - interval 30 day) as known_contacts
    from workshops w cross join range(4 + $contacts // 150) as t(k)
    where w.starts_at >= $opens_at - interval 5 day and w.starts_at < $closes_at + interval 25 day
),
registered as (
    select event_id, ends_at, h, 1 + cast(floor(known_contacts * part(h, 0)) as bigint) as no,
        starts_at - to_seconds(cast(86400 + 20 * 86400 * part(h, 1) as bigint)) as registered_at, ends_at + interval 14 hour as known_after
    from asked
    where known_contacts > 0
    qualify row_number() over (partition by event_id, 1 + cast(floor(known_contacts * part(h, 0)) as bigint) order by k) = 1
)
select
    'G' || r.event_id || '-' || r.no as registration_id, r.event_id, c.contact_id, r.registered_at,
    if_known(r.registered_at + to_seconds(120 + (r.h & 2047)), $known_at) as ticket_sent_at,
    case when r.known_after >= $known_at then 'registered' when part(r.h, 2) < 0.72 then 'attended' else 'absent' end as status
from registered r
join people c on c.no = r.no
where (r.registered_at >= $opens_at and r.registered_at < $closes_at)
    or ($daily and ((r.known_after >= $opens_at and r.known_after < $closes_at)
        or (r.registered_at < $opens_at and r.registered_at + to_seconds(120 + (r.h & 2047)) >= $opens_at)))
order by r.registered_at, r.event_id, r.no;
