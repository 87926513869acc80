-- What was noted beside the journals and the warehouse lacks.
select n.what, n.kind, n.hash
from noted n
left join delivery.suppressions s
    on n.what = 'suppressed' and s.channel = n.kind and s.address_hash = n.hash and s.reason = n.reason and coalesce(s.topic, '') = n.topic and s.since = n.since
left join delivery.forgotten f on n.what = 'forgotten' and f.kind = n.kind and f.hash = n.hash
where s.address_hash is null and f.hash is null;
