-- Take the newsletter by e-mail: their consent stands today.
-- owner: team:crm
select contact_id
from facts.contacts
where newsletter
