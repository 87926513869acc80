-- Somebody.
-- owner: team:crm
set threads = 8
