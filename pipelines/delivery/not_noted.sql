-- What the warehouse has and was not noted beside the journals yet.
select w.what, w.kind, w.hash, w.reason, w.topic, w.since
from (
    select 'suppressed' as what, channel as kind, address_hash as hash, reason, coalesce(topic, '') as topic, since from delivery.suppressions
    union all
    select 'forgotten' as what, kind, hash, '' as reason, '' as topic, since from delivery.forgotten
) w
where not exists (
    select 1 from noted n
    where n.what = w.what and n.kind = w.kind and n.hash = w.hash and n.reason = w.reason and n.topic = w.topic and (n.since = w.since or w.what = 'forgotten')
)
order by w.since, w.what, w.kind, w.hash, w.reason, w.topic;
