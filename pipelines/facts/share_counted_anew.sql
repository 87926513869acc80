-- Contacts to be counted anew from a table that makes facts dear, as a share of all.
select coalesce(count(distinct contact_id) / nullif((select count(*) from facts.stored_contacts), 0), 0) as share
from recounted where block in ('orders', 'sessions', 'site_events', 'message_events', 'points');
