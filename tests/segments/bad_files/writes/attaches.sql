-- Somebody.
-- owner: team:crm
attach 'other.duckdb' as other
