-- What became of the messages just decided: replies to those that go are matched to them, and those that were dropped
-- free whoever waits for their answer. A message a holdout or a run without sending kept back counts as gone.
delete from journeys.in_flight_messages where message_key in (select message_key from decided);

insert into journeys.in_flight_messages by name
select
    d.message_key, d.enrolment_id, d.scenario, d.version, d.step,
    case when d.status <> 'dropped' or d.reason in ('holdout', 'not_sent') then d.not_before end as went_at,
    case when d.status = 'dropped' and d.reason not in ('holdout', 'not_sent') then greatest(d.due_at, $as_of) end as lost_at
from decided d
where not (d.status = 'held' and d.reason in ('capped', 'lower_priority'));

-- A code is carried by the first message after it that was not dropped.
update journeys.codes set message_key = f.message_key
from (
    select k.enrolment_id, k.offer, d.message_key
    from journeys.codes k
    join decided d on d.enrolment_id = k.enrolment_id and d.not_before >= k.given_at and d.status <> 'dropped'
    where k.code is not null and k.message_key is null
    qualify row_number() over (partition by k.enrolment_id, k.offer order by d.due_at, d.message_key) = 1
) f
where codes.enrolment_id = f.enrolment_id and codes.offer = f.offer;

-- Those who stood before a message that could have waited for a cap, and need not: they go on after it.
create or replace temp table going_on as
select
    p.enrolment_id, p.scenario, p.version, p.contact_id, n.next as node, d.not_before as reached_at, p.entered_at, p.entry_key, p.trigger_key, p.triggered_at, p.activity, p.ghost, p.variant,
    coalesce(f.timezone, $zone) as zone
from journeys.positions p
join journeys.nodes n on n.scenario = p.scenario and n.version = p.version and n.node = p.node and n.kind = 'send' and n.on_capped = 'hold'
join decided d on d.enrolment_id = p.enrolment_id and d.step = n.step and not (d.status = 'held' and d.reason in ('capped', 'lower_priority'))
left join people f on f.contact_id = p.contact_id;

insert into ended by name
select enrolment_id, scenario, version, contact_id, entered_at, reached_at as ended_at, ghost,
    'completed' as outcome, cast(null as varchar) as reason, cast(null as decimal(18, 2)) as value
from going_on where node is null;

delete from journeys.positions where enrolment_id in (select enrolment_id from going_on where node is null);

-- They and those who wait for an answer to a message just dropped walk once more.
create or replace temp table touched as
select * from going_on where node is not null
union all
select p.enrolment_id, p.scenario, p.version, p.contact_id, p.node, p.reached_at, p.entered_at, p.entry_key, p.trigger_key, p.triggered_at, p.activity, p.ghost, p.variant,
    coalesce(f.timezone, $zone) as zone
from (
    select distinct p.enrolment_id
    from decided d
    join journeys.positions p on p.enrolment_id = d.enrolment_id
    join journeys.nodes n on n.scenario = p.scenario and n.version = p.version and n.node = p.node and n.kind = 'wait_for'
    join journeys.alternatives a on a.scenario = n.scenario and a.version = n.version and a.condition = n.condition
    join journeys.conditions c on c.scenario = a.scenario and c.version = a.version and c.condition = a.part and c.kind = 'message' and c.step = d.step
    where d.status = 'dropped' and d.reason not in ('holdout', 'not_sent')
) w
join journeys.positions p on p.enrolment_id = w.enrolment_id
left join people f on f.contact_id = p.contact_id;
