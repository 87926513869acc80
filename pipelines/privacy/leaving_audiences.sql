-- Audiences whose platform was given an address of the person who leaves, with the hashes of those that nobody else in it has; null where
-- all are shared. Those rows stay, hashes as they are, until the platform is asked to take them out.
select distinct g.audience, case when o.hash is null then g.hash end as address
from audiences.given g
left join audiences.given o
    on o.audience = g.audience and o.kind = g.kind and o.hash = g.hash and o.member not in (select rl_sha256(contact_id) from leaving)
where g.member in (select rl_sha256(contact_id) from leaving)
order by 1, 2;
