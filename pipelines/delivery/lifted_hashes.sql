-- What is noted beside the journals of suppressions that a person lifts: those of a list on a channel, but for people who were erased.
select n.what, n.kind, n.hash, n.reason, n.topic, n.since
from noted_alone n
where n.what = 'suppressed' and n.kind = $channel and n.reason = 'manual' and n.hash in (select address_hash from listed where address_hash is not null)
    and n.since not in (select since from delivery.forgotten) and n.since not in (select since from noted_alone where what = 'forgotten');
