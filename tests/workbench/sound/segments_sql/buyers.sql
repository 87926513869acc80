-- Who has bought.
-- owner: team:crm
select contact_id from facts.contacts where order_count > 0
