-- Where those who walked rest now. A message that waits for a cap is looked at again by the next tick.
delete from journeys.positions where enrolment_id in (select enrolment_id from touched);

insert into journeys.positions by name
select
    w.enrolment_id, w.scenario, w.version, w.contact_id, w.node, w.reached_at,
    case when w.falls_due then $as_of when w.kind = 'send' then w.reached_at else w.leave_at end as leave_at,
    w.entered_at, w.entry_key, t.trigger_key, t.triggered_at, t.activity, w.ghost, w.variant
from walked w
join touched t on t.enrolment_id = w.enrolment_id
where w.round = $round and not w.ready;

-- Runs whose last node was passed.
insert into ended by name
select
    enrolment_id, scenario, version, contact_id, entered_at, leave_at as ended_at, ghost,
    'completed' as outcome, case when kind = 'exit' then word end as reason, cast(null as decimal(18, 2)) as value
from walked where round = $round and ready and target is null;

insert into journeys.arms by name
select distinct w.scenario || ':' || w.step as experiment, w.contact_id as subject, w.arm, $as_of as assigned_at
from walked w
where w.round = $round and w.ready and w.arm is not null
    and not exists (select 1 from arms_given g where g.experiment = w.scenario || ':' || w.step and g.subject = w.contact_id);

-- Every decision of the walk, with what made it.
insert into journeys.decisions by name
select
    $as_of as as_of, w.enrolment_id, w.scenario, w.version, w.contact_id, w.node, coalesce(w.step, w.kind) as step,
    case when w.kind in ('if', 'split', 'offer', 'start', 'tag', 'untag', 'sync', 'unsync', 'exit') then w.reached_at when w.kind = 'send' then w.reached_at else w.leave_at end as decided_at,
    case w.kind
        when 'send' then case when w.falls_due then 'due' else 'had_before' end
        when 'if' then case when w.yes then 'yes' else 'no' end
        when 'wait_for' then case when w.yes then 'yes' else 'timed_out' end
        when 'split' then 'arm'
        when 'offer' then case when w.ghost or k.code is not null then 'offered' else 'no_code' end
        when 'start' then 'started'
        when 'tag' then 'tagged'
        when 'untag' then 'untagged'
        when 'sync' then 'synced'
        when 'unsync' then 'unsynced'
        when 'exit' then 'exit'
        else 'waited'
    end as outcome,
    case w.kind
        when 'split' then w.arm
        when 'offer' then w.word
        when 'start' then w.word
        when 'tag' then w.word
        when 'untag' then w.word
        when 'sync' then w.word
        when 'unsync' then w.word
        when 'exit' then w.word
        when 'send' then w.channels
        else coalesce(c.event || ' ' || c.step || coalesce(' ' || c.link, ''), c.activities, 'in ' || c.segment, 'tagged ' || c.tag, 'unused ' || c.offer, c.query)
    end as reason
from walked w
left join journeys.conditions c on c.scenario = w.scenario and c.version = w.version and c.condition = w.condition
left join journeys.codes k on w.kind = 'offer' and k.enrolment_id = w.enrolment_id and k.offer = w.word
where w.round = $round and (w.ready or w.falls_due) and (w.kind <> 'split' or w.arm is not null);

-- The messages that fell due in this walk.
insert into due by name
select
    md5(w.scenario || '|' || w.contact_id || '|' || w.entry_key || '|' || w.step) as message_key,
    w.enrolment_id, w.scenario, w.version, w.step, w.contact_id, w.message, w.channels, w.on_capped, w.ghost, w.variant,
    v.category, v.topic, v.priority,
    w.reached_at as due_at, w.leave_at as not_before, rl_add_seconds(w.reached_at, w.valid_seconds) as expires_at,
    w.depth, s.state
from walked w
join journeys.versions v on v.scenario = w.scenario and v.version = w.version
join journeys.states s on s.scenario = w.scenario
where w.round = $round and w.falls_due;

-- Those put off walk again; those who came to an offer go on, now that codes are given.
create or replace temp table touched as
select enrolment_id, scenario, version, contact_id, node, reached_at, entered_at, entry_key, trigger_key, triggered_at, activity, ghost, variant, zone
from put_off
union all
select w.enrolment_id, w.scenario, w.version, w.contact_id, w.target, w.leave_at, w.entered_at, w.entry_key, t.trigger_key, t.triggered_at, t.activity, w.ghost, w.variant, t.zone
from walked w
join touched t on t.enrolment_id = w.enrolment_id
where w.round = $round and w.kind = 'offer' and w.ready and w.target is not null;
