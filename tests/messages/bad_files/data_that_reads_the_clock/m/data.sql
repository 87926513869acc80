select message_key, current_date as today from messages where param('lapsed_days') > 3
