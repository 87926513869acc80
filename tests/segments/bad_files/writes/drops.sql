-- Somebody.
-- owner: team:crm
select contact_id from facts.contacts;
drop table facts.stored_contacts
