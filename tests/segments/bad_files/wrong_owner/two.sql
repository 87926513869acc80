-- Everybody.
-- owner: team:crm
-- owner: team:sales
select contact_id from facts.contacts
