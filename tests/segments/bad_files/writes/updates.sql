-- Somebody.
-- owner: team:crm
update facts.contacts set country = 'FR'
