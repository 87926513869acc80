-- Each address with what was told of it, once. A browser or an app that is gone is one of many; no to pushes is said by the contact.
insert into delivery.suppressions by name
with addressed as (
    select
        t.channel, t.kind, t.occurred_at,
        case when t.kind = 'unsubscribed' and t.reason in (select topic from journeys.versions union select topic from raw.consents where topic <> 'all')
            then t.reason end as topic,
        case when t.channel = 'push' and t.kind <> 'bounced' then t.contact_id
            else coalesce(m.address, case t.channel when 'email' then c.email when 'sms' then c.phone when 'call_list' then c.phone else t.contact_id end) end as address
    from told t
    left join outbox.messages m on m.message_key = t.message_key
    left join raw.contacts c on c.contact_id = t.contact_id
    where t.kind <> 'bounced' or not starts_with(lower(coalesce(t.reason, '')), 'soft')
),
reasons as (
    select
        channel, rl_sha256(address) as address_hash,
        case kind when 'bounced' then 'hard_bounce' when 'complained' then 'complaint' else 'unsubscribed' end as reason,
        topic, max(occurred_at) as since
    from addressed where address is not null
    group by 1, 2, 3, 4
)
select r.channel, r.address_hash, r.reason, r.topic, r.since
from reasons r
where not exists (
    select 1 from delivery.suppressions s
    where s.channel = r.channel and s.address_hash = r.address_hash and s.reason = r.reason and coalesce(s.topic, '') = coalesce(r.topic, '') and s.since >= r.since
);
