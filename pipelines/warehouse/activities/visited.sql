-- A visit of the site began.
-- key: session_id
-- value: page_views
select
    session_id as activity_id, contact_id, started_at as occurred_at, loaded_at,
    session_id as key, page_views as value,
    session_id, page_views, source, device
from shop.sessions
