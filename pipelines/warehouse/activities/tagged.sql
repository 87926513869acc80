-- A tag was put on the contact.
-- key: tag
select
    contact_id || ':' || tag || ':' || cast(added_at as varchar) as activity_id, contact_id, added_at as occurred_at, loaded_at,
    tag as key, cast(null as decimal(18, 2)) as value,
    tag, source
from shop.contact_tags
