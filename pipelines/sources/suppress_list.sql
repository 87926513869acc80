-- What a list says, one row an entry: the hash of the address in the form the contacts have it, null for what is no address.
-- A hash, as other tools export them, is taken as it is.
create or replace temp table listed as
select entry,
    case
        when regexp_matches(lower(trim(entry)), '^[0-9a-f]{64}$') then lower(trim(entry))
        when $channel = 'email' then rl_sha256(load_email(entry))
        when $channel = 'sms' then rl_sha256(load_phone(entry, cast(null as varchar), ''))
        else rl_sha256(trim(entry))
    end as address_hash
from entries
where trim(entry) <> '';

insert into delivery.suppressions by name
select distinct $channel as channel, l.address_hash, $reason as reason, cast(null as varchar) as topic, $now as since
from listed l
where l.address_hash is not null and not exists (
    select 1 from delivery.suppressions s
    where s.channel = $channel and s.address_hash = l.address_hash and s.reason = $reason and s.topic is null
);

select entry from listed where address_hash is null order by entry;
