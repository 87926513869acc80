-- Somebody.
-- owner: team:crm
pragma database_size
