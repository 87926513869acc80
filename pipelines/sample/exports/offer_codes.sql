-- Codes: a free stock of each offer, made at the very beginning, and welcome codes that the shop gave with new accounts.
create or replace temp table export as
with codes as (
    select offer, offer || '-' || k as id, cast(null as varchar) as contact_id, cast(null as timestamp) as valid_until, $begins_at as given_at
    from (select unnest(['welcome_10', 'birthday_15', 'cart_10', 'comeback_20', 'renewal_10']) as offer) cross join range(50 + $contacts // 20) as t(k)
    union all
    select 'welcome_10', 'welcome-' || contact_id, contact_id, created_at + interval 30 day, created_at
    from people where news_from = created_at and day_no >= 0 and part(dice('topics', no), 1) < 0.2
)
select offer, upper(substr(offer, 1, 3) || '-' || substr(md5(getvariable('sample_seed') || id), 1, 10)) as code, contact_id,
    cast(null as varchar) as message_key, valid_until, cast(null as timestamp) as redeemed_at
from codes
where given_at >= $opens_at and given_at < $closes_at
order by given_at, offer, code;
