-- Nobody writes to these addresses again.
insert into delivery.suppressions by name
select distinct $channel as channel, l.address_hash, $reason as reason, cast(null as varchar) as topic, $now as since
from listed l
where l.address_hash is not null and not exists (
    select 1 from delivery.suppressions s
    where s.channel = $channel and s.address_hash = l.address_hash and s.reason = $reason and s.topic is null
);
