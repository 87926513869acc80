-- Subscriptions of seven contacts in a hundred: coffee by the quarter, the garden club by the year. Most renew some days
-- before the end, again and again; of those who do not, a few cancel.
create or replace temp table export as
with begun as (
    select no, contact_id, created_at + to_seconds(cast(300 * 86400 * part(dice('club', no), 1) as bigint)) as started_at,
        case when part(dice('club', no), 2) < 0.6 then 'coffee_quarter' else 'garden_year' end as plan,
        case when part(dice('club', no), 2) < 0.6 then 91 else 365 end as term
    from people where part(dice('club', no), 0) < 0.07
),
ends as (
    select b.*, i, started_at + to_seconds(86400 * term * i) as ends_at,
        started_at + to_seconds(86400 * term * i) - to_seconds(cast(86400 * (2 + 18 * part(dice('renew', no || '|' || i), 1)) as bigint)) as decided_at,
        part(dice('renew', no || '|' || i), 0) < 0.75 as renews
    from begun b cross join range(1, 25) as t(i)
),
lasting as (
    select no, contact_id, started_at, plan, term, min(i) filter (where not renews) as last_term
    from ends group by no, contact_id, started_at, plan, term
),
standing as (
    select l.no, l.contact_id, l.plan, l.started_at, l.term,
        count(e.i) filter (where e.renews and e.decided_at < $known_at) as renewals,
        max(e.decided_at) filter (where e.renews and e.decided_at < $known_at) as renewed_at,
        max(e.decided_at) filter (where not e.renews and e.decided_at < $known_at and part(dice('club', l.no), 3) < 0.3) as cancelled_at
    from lasting l
    join ends e on e.no = l.no and e.i <= coalesce(l.last_term, 24)
    group by l.no, l.contact_id, l.plan, l.started_at, l.term
)
select
    'B' || substr(contact_id, 2) as subscription_id, contact_id, plan, started_at,
    started_at + to_seconds(86400 * term * (renewals + 1)) as expires_at, renewed_at, cancelled_at
from standing
where (started_at >= $opens_at and started_at < $closes_at)
    or ($daily and started_at < $opens_at
        and ((renewed_at >= $opens_at and renewed_at < $closes_at) or (cancelled_at >= $opens_at and cancelled_at < $closes_at)))
order by started_at, no;
