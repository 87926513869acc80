-- Each of them once a tick.
insert into raw.corrections
select distinct c.contact_id, $contract, $as_of
from concerned c
where c.contact_id is not null
    and not exists (select 1 from raw.corrections r where r.contact_id = c.contact_id and r.contract = $contract and r.loaded_at = $as_of);
