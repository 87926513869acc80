-- Codes: a free stock of each offer, made at the very beginning.
create or replace temp table export as
with codes as (
    select offer, offer || '-' || k as id
    from (
        select unnest(['welcome_10', 'birthday_15', 'cart_10', 'first_10', 'activity_15', 'comeback_15', 'renewal_10', 'thanks_10', 'friend_10', 'stock_5']) as offer
    ) cross join range(200 + $contacts // 10) as t(k)
    where $begins_at >= $opens_at and $begins_at < $closes_at
)
select offer, upper(substr(offer, 1, 3) || '-' || substr(md5(getvariable('sample_seed') || id), 1, 10)) as code
from codes
order by offer, code;
