-- Somebody.
-- owner: team:crm
select contact_id
from read_csv('vip.csv')
