-- The ticket of a registration was sent.
-- key: event_id
select
    registration_id || ':ticket_sent' as activity_id, contact_id, ticket_sent_at as occurred_at,
    coalesce(corrected_at, loaded_at) as loaded_at,
    event_id as key, cast(null as decimal(18, 2)) as value,
    registration_id, event_id, status
from shop.registrations where ticket_sent_at is not null
