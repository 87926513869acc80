-- One contact in twenty-five came through a friend: invited, signed up, and bought where they came by the check-out.
create or replace temp table export as
with friends as (
    select c.no, c.contact_id as referee_id, c.created_at, c.origin, h.contacts,
        1 + cast(floor(h.contacts * part(dice('friend', c.no), 1)) as bigint) as referrer_no,
        c.created_at - to_seconds(cast(3600 + 8 * 86400 * part(dice('friend', c.no), 2) as bigint)) as invited_at
    from people c
    join heads h on h.day_no = c.day_no - 10
    where part(dice('friend', c.no), 0) < 0.04 and h.contacts > 0
),
steps as (
    select no, referrer_no, cast(null as varchar) as referee_id, 'invited' as kind, invited_at as occurred_at from friends
    union all
    select no, referrer_no, referee_id, 'signed_up', created_at from friends
    union all
    select no, referrer_no, referee_id, 'purchased', created_at + order_after('J' || lpad(cast(no as varchar), 7, '0')) from friends where origin = 'checkout'
)
select 'F' || lpad(cast(s.no as varchar), 7, '0') as referral_id, r.contact_id as referrer_id, s.referee_id, s.kind, s.occurred_at
from steps s
join people r on r.no = s.referrer_no
where s.occurred_at >= $opens_at and s.occurred_at < $closes_at
order by s.occurred_at, s.no, s.kind;
