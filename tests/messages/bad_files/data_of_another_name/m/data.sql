select message_key, 1 as points from messages
