-- Whom the files move to the newest version: people of earlier ones who last had a message that `migrate` names. They go on
-- after the message it leads to, as of the moment they went on after the old one.
create or replace temp table moving as
select
    s.enrolment_id, s.scenario, s.version, s.to_version, s.contact_id, s.reached_at, s.from_step, m.to_step,
    case when m.to_step = 'begin' then 0 else n.next end as node
from (
    select
        p.enrolment_id, p.scenario, p.version, l.version as to_version, p.contact_id,
        coalesce(f.step, 'begin') as from_step, coalesce(f.went_at, f.lost_at, p.entered_at) as reached_at
    from journeys.positions p
    join live l on l.scenario = p.scenario and l.advances and l.version > p.version
    left join (
        select i.enrolment_id, i.step, i.went_at, i.lost_at,
            row_number() over (partition by i.enrolment_id order by coalesce(i.went_at, i.lost_at) desc, o.node desc) as place
        from journeys.in_flight_messages i
        join journeys.nodes o on o.scenario = i.scenario and o.version = i.version and o.step = i.step and o.kind = 'send'
        where i.scenario in (select scenario from moves)
    ) f on f.enrolment_id = p.enrolment_id and f.place = 1
    where p.scenario in (select scenario from moves)
) s
join moves m on m.scenario = s.scenario and m.from_step = s.from_step
left join journeys.nodes n on n.scenario = s.scenario and n.version = s.to_version and n.kind = 'send' and n.step = m.to_step
where m.to_step = 'begin' or n.node is not null;

insert into journeys.moves by name
select enrolment_id, scenario, version as from_version, to_version, contact_id, from_step, to_step, $as_of as as_of from moving;

insert into journeys.decisions by name
select
    $as_of as as_of, enrolment_id, scenario, to_version as version, contact_id, cast(null as bigint) as node, to_step as step, $as_of as decided_at,
    'moved' as outcome, 'version ' || cast(version as varchar) || ', ' || from_step as reason
from moving;

-- They stand after the new step, and this tick looks at them.
create or replace temp table moved_positions as
select
    p.enrolment_id, p.scenario, m.to_version as version, p.contact_id, m.node, m.reached_at, $as_of as leave_at, p.entered_at, p.entry_key,
    p.trigger_key, p.triggered_at, p.activity, p.ghost, p.variant
from journeys.positions p
join moving m on m.enrolment_id = p.enrolment_id;

delete from journeys.positions where enrolment_id in (select enrolment_id from moving);

insert into journeys.positions by name select * from moved_positions where node is not null;

insert into ended by name
select
    enrolment_id, scenario, version, contact_id, entered_at, $as_of as ended_at, ghost, 'completed' as outcome, cast(null as varchar) as reason,
    cast(null as decimal(18, 2)) as value
from moved_positions where node is null;

update journeys.enrolments set version = m.to_version
from moving m
where m.enrolment_id = enrolments.enrolment_id;

-- What they had, and what they did that the new version asks in the same words, stays.
create or replace temp table moved_messages as
select i.message_key, i.enrolment_id, i.scenario, m.to_version as version, i.step, i.went_at, i.lost_at
from journeys.in_flight_messages i
join moving m on m.enrolment_id = i.enrolment_id;

delete from journeys.in_flight_messages where enrolment_id in (select enrolment_id from moving);

insert into journeys.in_flight_messages by name select * from moved_messages;

create or replace temp table moved_observations as
select distinct o.enrolment_id, c.condition, o.occurred_at, o.activity, o.value
from journeys.observations o
join moving m on m.enrolment_id = o.enrolment_id
join journeys.conditions b on b.scenario = m.scenario and b.version = m.version and b.condition = o.condition
join journeys.conditions c on c.scenario = m.scenario and c.version = m.to_version and c.role = b.role and c.kind = b.kind
    and coalesce(c.step, '') = coalesce(b.step, '') and coalesce(c.event, '') = coalesce(b.event, '') and coalesce(c.probe, '') = coalesce(b.probe, '')
    and coalesce(c.within_seconds, -1) = coalesce(b.within_seconds, -1) and coalesce(c.match_key, '') = coalesce(b.match_key, '');

delete from journeys.observations where enrolment_id in (select enrolment_id from moving);

insert into journeys.observations by name select * from moved_observations;
