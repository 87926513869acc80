-- Everybody.
-- owner: team:crm
-- check: created_at < now()
select contact_id, created_at from facts.contacts
