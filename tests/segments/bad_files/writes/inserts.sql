-- Somebody.
-- owner: team:crm
insert into segments.members select contact_id from facts.contacts
