-- A contact registered for an event.
-- key: event_id
select
    registration_id as activity_id, contact_id, registered_at as occurred_at, loaded_at,
    event_id as key, cast(null as decimal(18, 2)) as value,
    registration_id, event_id, status
from shop.registrations
