-- What looking again says of each waiting message: null for go.
create or replace temp table looked_again as
select
    message_key, reason, detail,
    case when reason is null then 'to_send' when final then 'dropped' else 'held' end as status
from (
    select
        w.message_key,
        case
            when x.message_key is not null or s.state in ('stopped:eject', 'removed') then 'exited_before_send'
            when j.impossible is not null then j.impossible
            when s.state in ('paused:hold', 'paused:expire', 'draft') then 'scenario_paused'
            when starts_with(s.held, 'guard') then 'guard_tripped'
            when s.held is not null then 'stale_source'
            when a.channel is null then 'not_sent'
            when c.message_key is not null then 'quiet_hours'
        end as reason,
        x.message_key is not null or j.impossible is not null
            or s.state in ('stopped:eject', 'removed', 'paused:expire') as final,
        coalesce(x.detail, case when j.impossible = 'unreachable' then j.fault end, s.held, case when s.state <> 'live' then s.state when a.channel is null then 'the environment is not live' end) as detail
    from waiting w
    join journeys.states s on s.scenario = w.scenario
    left join (select message_key, min(detail) as detail from exited group by message_key) x on x.message_key = w.message_key
    left join judged_options j on j.message_key = w.message_key
    left join reach a on a.channel = w.channel
    left join closed_windows c on c.message_key = w.message_key
) l;

update outbox.messages set status = l.status, reason = l.reason, detail = case when l.reason is not null then l.detail end, changed_at = $now
from looked_again l
where l.message_key = messages.message_key
    and (messages.status <> l.status or coalesce(messages.reason, '') <> coalesce(l.reason, ''));

-- Until its window opens again, a message rests.
update outbox.messages set not_before = c.opens_at
from closed_windows c
join looked_again l on l.message_key = c.message_key and l.reason = 'quiet_hours'
where c.message_key = messages.message_key;

-- A message goes where its contact is reached today: their address may have changed since it was decided.
update outbox.messages set address = j.address
from judged_options j
join looked_again l on l.message_key = j.message_key and l.status = 'to_send'
where j.message_key = messages.message_key and coalesce(messages.address, '') <> j.address;

-- Nobody can answer a message that was dropped.
update journeys.in_flight_messages set lost_at = $now, went_at = null
where message_key in (select message_key from looked_again where status = 'dropped');

-- What goes, in the order it fell due.
create or replace temp table going as
select w.message_key, w.channel, w.attempts, row_number() over (order by w.priority desc, w.due_at, w.message_key) as place
from waiting w
join looked_again l on l.message_key = w.message_key and l.status = 'to_send';
