-- owner: crm@shop.example
select contact_id from facts.contacts
