-- What a list says, one row an entry: an address without what stands round it (`Zoe <a@b.example>`, `mailto:`, quotes), or the hash of
-- one, as other tools export them. A device token of Apple's may look like a hash: it is one of a subscription.
create or replace temp table listed as
select line, entry, kept,
    case $channel when 'email' then load_email(kept) when 'push' then kept end as address,
    case when regexp_matches(lower(kept), '^[0-9a-f]{64}$') and not ($channel = 'push' and kept in (select endpoint from raw.push_subscriptions)) then lower(kept) end as address_hash
from (
    select line, entry,
        case when $channel = 'push' then trim(entry) else regexp_replace(
            regexp_replace(
                regexp_replace(coalesce(nullif(regexp_extract(entry, '<([^<>]+)>[ "'';,]*$', 1), ''), entry), '^[\s"'';,]*((?i)(mailto|tel):)?', ''),
                '(@[^?]*)[?].*$', '\1'
            ), '[\s"'';,]*$', ''
        ) end as kept
    from entries
) k
where trim(entry) <> '';

-- What the libraries are asked about: domains beyond ASCII, and numbers.
create or replace temp table domains as
select distinct lower(split_part(kept, '@', 2)) as domain from listed
where $channel = 'email' and address is null and regexp_matches(kept, '@.*[^\x00-\x7F]');

create or replace temp table unread as
select distinct case when $country = '' and starts_with(kept, '00') then '+' || substr(kept, 3) else kept end as given, $country as country, kept
from listed where $channel in ('sms', 'call_list') and address_hash is null;
