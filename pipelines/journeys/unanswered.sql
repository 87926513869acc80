-- Messages that nobody opened, or clicked in, for as long as a scenario asks; of those that went out, not of holdouts.
insert into unanswered by name
select l.scenario, m.contact_id, m.message_key, rl_add_seconds(m.not_before, l.within_seconds) as moment,
    json_object('message', m.template, 'message_key', m.message_key, 'sent_by', m.scenario, 'sent_at', m.not_before) as props
from live l
join outbox.messages m on m.template = l.message and m.status = 'to_send'
where l.enters and l.kind = 'unanswered'
    and rl_add_seconds(m.not_before, l.within_seconds) > l.since and rl_add_seconds(m.not_before, l.within_seconds) <= $as_of
    and not exists (select 1 from delivery.sends s where s.message_key = m.message_key and s.state = 'refused')
    and not exists (
        select 1 from shop.message_events e
        where e.message_key = m.message_key and e.kind = l.event and e.occurred_at < rl_add_seconds(m.not_before, l.within_seconds)
    );
