-- Everybody.
-- owner: team:crm
-- check: no more than 100
select contact_id from facts.contacts
