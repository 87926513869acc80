-- Somebody.
-- owner: team:crm
load httpfs
