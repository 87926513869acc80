-- Somebody.
-- owner: team:crm
delete from facts.contacts
