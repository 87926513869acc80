-- Words the shop's people put on contacts, and sometimes take off again.
create or replace temp table export as
with tagged as (
    select contact_id, ['vip', 'likes_garden', 'likes_coffee', 'press', 'showroom'][1 + cast(floor(5 * part(dice('tag', no), 1)) as bigint)] as tag,
        created_at + to_seconds(cast(86400 + 200 * 86400 * part(dice('tag', no), 2) as bigint)) as added_at,
        case when part(dice('tag', no), 3) < 0.12
            then created_at + to_seconds(cast(86400 + 200 * 86400 * part(dice('tag', no), 2) as bigint)) + interval 60 day end as removed_at
    from people where part(dice('tag', no), 0) < 0.07
)
select contact_id, tag, added_at, if_known(removed_at, $known_at) as removed_at, 'crm' as source
from tagged
where (added_at >= $opens_at and added_at < $closes_at) or ($daily and removed_at >= $opens_at and removed_at < $closes_at)
order by added_at, contact_id;
