-- Free codes of each offer after the tick, and how many contacts went without one in it.
select offer, cast(sum(free) as bigint) as free, cast(sum(without) as bigint) as without
from (
    select offer, case when contact_id is null and redeemed_at is null and coalesce(valid_until, $as_of) >= $as_of then 1 else 0 end as free, 0 as without
    from shop.offer_codes
    union all
    select k.offer, 0, 1
    from journeys.codes k
    left join journeys.enrolments e on e.enrolment_id = k.enrolment_id
    where k.as_of = $as_of and k.code is null and not coalesce(e.ghost, false)
) c
group by offer
order by offer;
