-- One delivered order in eight is given a score, most of them good, within two days; a late parcel costs points.
create or replace temp table export as
with asked as (
    select o.order_id, o.contact_id, o.delivered_at - o.ordered_at as took, dice('opinion', o.order_id) as h,
        o.delivered_at + to_seconds(cast(10000 + 150000 * part(dice('opinion', o.order_id), 1) as bigint)) as occurred_at
    from orders o
    where o.delivered_at is not null and part(dice('opinion', o.order_id), 0) < 0.125
),
scored as (
    select *, greatest(0, least(10,
        cast(floor(5 + 6.5 * sqrt(part(h, 2))) as bigint) - case when took > interval 108 hour then 1 + (h & 3) else 0 end)) as score from asked
)
select
    'Q' || substr(order_id, 2) as response_id, contact_id, order_id, score,
    case when part(h, 3) < 0.35 then
        case when score >= 9 then ['Très beau, merci !', 'Lovely, thank you', 'Parfait', 'Will buy again'][1 + (h & 3)]
             when score >= 7 then ['Bien', 'Good quality', 'Conforme à la photo', 'As described'][1 + (h & 3)]
             else ['Colis arrivé tard', 'Took too long', 'Emballage abîmé', 'Smaller than expected'][1 + (h & 3)] end end as comment,
    occurred_at
from scored
where ($whole and occurred_at < $known_at) or (occurred_at >= $opens_at and occurred_at < $closes_at)
order by occurred_at, order_id;
