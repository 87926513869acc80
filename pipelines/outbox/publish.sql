-- Every due message with its one decision.
create or replace temp table decided as
select
    g.message_key, $as_of as as_of, g.scenario, g.version, g.step, g.enrolment_id, g.contact_id, g.channel, g.address, g.topic, g.category,
    g.basis, g.message as template, g.locale, g.variant, g.due_at, g.not_before, g.expires_at, g.priority,
    case
        when g.dropped_for is not null then 'dropped'
        when a.cap is not null then case when g.on_capped = 'hold' then 'held' else 'dropped' end
        when g.ghost then 'dropped'
        when g.not_before > $as_of then 'held'
        else 'to_send'
    end as status,
    case
        when g.dropped_for is not null then g.dropped_for
        when a.cap is not null then case when a.by_past then 'capped' else 'lower_priority' end
        when g.ghost then 'holdout'
        when g.not_before > greatest(g.due_at, $as_of) then 'quiet_hours'
        when g.not_before > $as_of then 'not_yet'
    end as reason,
    coalesce(a.cap, case when g.dropped_for = 'unreachable' then g.fault end) as detail,
    $as_of as changed_at
from gated g
left join admitted_messages a on a.message_key = g.message_key;

-- A message that waited for a cap is decided anew under its key, and keeps the tick it first fell due in.
create or replace temp table decided_before as
select message_key, as_of from outbox.messages where message_key in (select message_key from due where on_capped = 'hold');

delete from outbox.messages where message_key in (select message_key from decided_before);

insert into outbox.messages by name
select
    d.message_key, coalesce(b.as_of, d.as_of) as as_of, d.scenario, d.version, d.step, d.enrolment_id, d.contact_id, d.channel, d.address, d.topic,
    d.category, d.basis, d.template, d.locale, d.variant, d.due_at, d.not_before, d.expires_at, d.priority, d.status, d.reason, d.detail, d.changed_at
from decided d
left join decided_before b on b.message_key = d.message_key;
