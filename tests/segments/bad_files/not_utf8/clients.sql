-- Clients de l’année.
-- owner: team:crm
select contact_id from facts.contacts
