-- Everybody.
-- owner: team:crm
-- check: revenu >= 0
-- check: count(*) > 0
select contact_id, revenue from facts.contacts
