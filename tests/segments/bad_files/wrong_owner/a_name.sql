-- Everybody.
-- owner: Marie from CRM
select contact_id from facts.contacts
