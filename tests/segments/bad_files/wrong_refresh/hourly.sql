-- Everybody.
-- owner: team:crm
-- refresh: hourly
select contact_id from facts.contacts
