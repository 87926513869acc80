-- Somebody.
-- owner: team:crm
with gone as (delete from facts.contacts returning contact_id)
select contact_id from gone
