-- Why each message of a contact waits or does not go, one row a value.
with looked_at as (
    select m.* from outbox.messages m where m.contact_id = $contact and m.as_of <= $as_of and m.changed_at < $until and m.reason is not null
)
select m.message_key, x.reason || coalesce(' ' || x.topic, '') || ' since' as what, x.since as moment, null as amount
from looked_at m
join delivery.suppressions x on x.channel = m.channel and x.address_hash in (rl_sha256(m.address), case when m.channel = 'push' then rl_sha256(m.contact_id) end) and x.since <= m.changed_at
    and (x.topic is null or x.topic = m.topic)
where m.reason = 'suppressed'
union all
select m.message_key,
    case when c.occurred_at is null then 'never asked for ' || m.topic when c.granted then c.basis || ' since' else 'withdrawn' end, c.occurred_at, null
from looked_at m
left join shop.consents c on c.contact_id = m.contact_id and c.channel = m.channel and c.topic in (m.topic, 'all') and c.occurred_at <= m.changed_at
where m.reason = 'no_consent'
qualify row_number() over (partition by m.message_key order by c.occurred_at desc, case when c.granted then 1 else 0 end) = 1
union all
select m.message_key, 'worth something until', m.expires_at, null from looked_at m where m.reason = 'expired'
union all
select m.message_key, 'no address for ' || m.channel, null, null from looked_at m where m.reason = 'unreachable'
union all
select m.message_key, 'window ' || n.window_id, null, null
from looked_at m
join journeys.nodes n on n.scenario = m.scenario and n.version = m.version and n.step = m.step and n.kind = 'send'
where m.reason = 'quiet_hours' and n.window_id is not null
union all
select m.message_key, o.scenario || ', ' || o.step || ' goes first: priority ' || cast(o.priority as varchar) || ' against ' || cast(m.priority as varchar), null, null
from looked_at m
join outbox.messages o on o.contact_id = m.contact_id and o.as_of = m.as_of and o.category = 'marketing' and o.message_key <> m.message_key
    and o.priority >= m.priority and (o.status = 'to_send' or o.reason in ('quiet_hours', 'not_yet'))
where m.reason = 'lower_priority'
union all
select m.message_key, a.experiment || ' since', a.assigned_at, null
from looked_at m
join facts.contacts f on f.contact_id = m.contact_id
join journeys.arms a on a.subject = coalesce(rl_sha256(f.email), f.contact_id) and a.arm = 'ghost' and a.experiment in ('holdout', 'holdout:' || m.scenario)
where m.reason = 'holdout'
order by message_key, what;
