select contact_id as message_key, revenue as points from facts.contacts
