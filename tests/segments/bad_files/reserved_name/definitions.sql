-- Somebody.
-- owner: team:crm
select contact_id from facts.contacts
