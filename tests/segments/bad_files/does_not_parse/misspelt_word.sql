-- Somebody.
-- owner: team:crm
select contact_id form facts.contacts
where order_count > 0
