-- Somebody.
-- owner: team:crm
select table_name as contact_id
from information_schema.tables
