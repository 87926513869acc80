-- A contact who had registered for an event did not come: known once the event is over.
-- key: event_id
select
    r.registration_id || ':absent' as activity_id, r.contact_id, coalesce(e.ends_at, e.starts_at) as occurred_at,
    coalesce(r.corrected_at, r.loaded_at) as loaded_at,
    r.event_id as key, cast(null as decimal(18, 2)) as value,
    r.registration_id, r.event_id, e.name as event_name
from shop.registrations r
join shop.calendar_events e on e.event_id = r.event_id
where r.status = 'absent' and coalesce(e.ends_at, e.starts_at) < as_of()
