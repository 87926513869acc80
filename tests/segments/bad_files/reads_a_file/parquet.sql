-- Somebody.
-- owner: team:crm
select contact_id
from read_parquet('vip.parquet')
