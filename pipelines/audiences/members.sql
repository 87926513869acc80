-- Who is meant to be in each audience: the members of its segment, or those whom the last step on it put in. Of steps of
-- one moment the removal counts.
create or replace temp table meant as
select r.audience, m.contact_id
from audience_rules r
join segments.members m on m.segment = r.segment
union all
select a.audience, a.contact_id
from (
    select audience, contact_id, action from audiences.asked
    qualify row_number() over (partition by audience, contact_id order by asked_at desc, action desc) = 1
) a
join audience_rules r on r.audience = a.audience and r.segment is null
where a.action = 'add';

-- The consent of each that stands: the last word on the topic or on all topics; a withdrawal wins over a consent of the same instant.
create or replace temp table audience_consents as
select m.audience, m.contact_id, s.granted and s.basis = 'opt_in' as agreed, s.occurred_at as since
from meant m
join audience_rules r on r.audience = m.audience
join shop.consents s on s.contact_id = m.contact_id and s.channel = r.channel and s.topic in (r.topic, 'all')
qualify row_number() over (
    partition by m.audience, m.contact_id
    order by s.occurred_at desc, case when s.granted then 1 else 0 end, s.topic, s.basis
) = 1;

-- Whose addresses may not be used: they bounced, complained or unsubscribed, whatever the channel. Only an opt-in to the
-- audience after an unsubscription lifts it.
create or replace temp table audience_suppressed as
select distinct m.audience, m.contact_id
from (
    select m.audience, m.contact_id, rl_sha256(c.email) as address_hash from meant m join shop.contacts c on c.contact_id = m.contact_id
    union all
    select m.audience, m.contact_id, rl_sha256(c.phone) from meant m join shop.contacts c on c.contact_id = m.contact_id
    union all
    select m.audience, m.contact_id, rl_sha256(m.contact_id) from meant m
) m
join delivery.suppressions x on x.address_hash = m.address_hash
join audience_rules r on r.audience = m.audience
left join audience_consents s on s.audience = m.audience and s.contact_id = m.contact_id
where x.since < $now
    and (x.reason <> 'unsubscribed' or (coalesce(x.topic, r.topic) = r.topic and not coalesce(s.agreed and s.since > x.since, false)));

-- Everybody meant, with why they may not be in it; null for those who may. Held out of all marketing is held out of ads.
create or replace temp table audience_verdicts as
select
    m.audience, m.contact_id,
    case
        when not coalesce(s.agreed, false) then 'no_consent'
        when x.contact_id is not null then 'suppressed'
        when c.email is null and (c.phone is null or not r.takes_phones) then 'unreachable'
        when coalesce(a.arm = 'ghost', rl_bucket('holdout|' || coalesce(rl_sha256(c.email), c.contact_id), 10000) < $holdout * 10000) then 'held_out'
    end as reason
from meant m
join audience_rules r on r.audience = m.audience
join shop.contacts c on c.contact_id = m.contact_id
left join audience_consents s on s.audience = m.audience and s.contact_id = m.contact_id
left join audience_suppressed x on x.audience = m.audience and x.contact_id = m.contact_id
left join journeys.arms a on a.experiment = 'holdout' and a.subject = coalesce(rl_sha256(c.email), c.contact_id);

delete from audiences.members
where not exists (
    select 1 from audience_verdicts v where v.audience = members.audience and v.contact_id = members.contact_id and v.reason is null
);

insert into audiences.members by name
select v.audience, v.contact_id, $now as entered_at
from audience_verdicts v
where v.reason is null and not exists (select 1 from audiences.members m where m.audience = v.audience and m.contact_id = v.contact_id);

delete from audiences.sizes where as_of = $as_of;

insert into audiences.sizes by name
select
    r.audience, $as_of as as_of,
    count(case when v.contact_id is not null and v.reason is null then 1 end) as members,
    count(case when v.reason = 'no_consent' then 1 end) as no_consent,
    count(case when v.reason = 'suppressed' then 1 end) as suppressed,
    count(case when v.reason = 'unreachable' then 1 end) as unreachable,
    count(case when v.reason = 'held_out' then 1 end) as held_out
from audience_rules r
left join audience_verdicts v on v.audience = r.audience
group by r.audience;
