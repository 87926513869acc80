-- Get messages and never react: at least param unengaged_messages of them in the last 180 days, without a click, a visit
-- or an order in that time. Opens do not count: mail programs open messages by themselves.
-- owner: team:crm
select contact_id
from facts.contacts
where messages_180d >= param('unengaged_messages')
    and engagement = 'inactive'
