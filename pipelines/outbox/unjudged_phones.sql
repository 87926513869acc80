-- Numbers of those due on a channel whose sender refuses what no numbering plan knows, that were not held against these plans yet.
create or replace temp table unjudged as
select distinct p.phone, rl_sha256(p.phone) as number_hash
from phones p
where p.phone is not null
    and p.contact_id in (select d.contact_id from due d join channels c on c.channels = d.channels join judged_channels j on j.channel = c.channel)
    and rl_sha256(p.phone) not in (select number_hash from outbox.numbers where plans = $plans);

delete from outbox.numbers where number_hash in (select number_hash from unjudged);

select phone, number_hash from unjudged order by number_hash;
