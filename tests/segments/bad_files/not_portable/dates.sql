-- Somebody.
-- owner: team:crm
select contact_id
from facts.contacts
where created_at + interval 30 day > as_of()
    and strftime(created_at, '%j') = '001'
    and cast(created_at as time) is not null
