-- Everybody.
select contact_id from facts.contacts
