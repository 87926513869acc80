-- Somebody.
-- owner: team:crm
install httpfs
