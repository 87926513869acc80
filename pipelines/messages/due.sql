-- The messages to render, with what rendering asks of each.
select message_key, contact_id, channel, address, category, template, locale, scenario, step, topic, expires_at from to_render order by priority desc, due_at, message_key;
