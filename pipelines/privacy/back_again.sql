-- Contacts who were erased and are here again.
select contact_id
from raw.contacts
where rl_sha256(contact_id) in (select hash from delivery.forgotten where kind = 'contact')
order by contact_id;
