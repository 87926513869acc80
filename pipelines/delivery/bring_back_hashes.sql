-- What was noted beside the journals and the warehouse lacks.
insert into delivery.suppressions by name
select n.kind as channel, n.hash as address_hash, n.reason, case when n.topic <> '' then n.topic end as topic, n.since
from noted n
where n.what = 'suppressed'
    and not exists (
        select 1 from delivery.suppressions s
        where s.channel = n.kind and s.address_hash = n.hash and s.reason = n.reason and coalesce(s.topic, '') = n.topic and s.since = n.since
    );

insert into delivery.forgotten by name
select n.kind, n.hash, min(n.since) as since
from noted n
where n.what = 'forgotten' and n.hash not in (select hash from delivery.forgotten)
group by n.kind, n.hash;
