-- Somebody.
-- owner: team:crm
create table facts.mine as select contact_id from facts.contacts
