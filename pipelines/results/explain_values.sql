-- What each decision about a contact was made by, one row a value: what, when, and how much. Events that were loaded later
-- did not count; segments and tags are those of the tick that decided.
with decided as (
    select d.*, n.kind, n.condition
    from journeys.decisions d
    left join journeys.nodes n on n.scenario = d.scenario and n.version = d.version and n.node = d.node
    where d.contact_id = $contact and d.as_of <= $as_of
),
asked as (
    select d.enrolment_id, d.as_of, d.node, d.outcome, d.decided_at, c.condition, c.kind, c.step, c.event, c.activities, c.query, c.segment, c.tag, c.probe, c.match_key
    from decided d
    join journeys.conditions c on c.scenario = d.scenario and c.version = d.version and c.kind <> 'joined'
        and (
            c.condition = d.condition
            or exists (
                select 1 from journeys.alternatives a
                where a.scenario = d.scenario and a.version = d.version and a.condition = d.condition and a.part = c.condition
            )
        )
    where d.kind in ('if', 'wait_for')
    union all
    select d.enrolment_id, d.as_of, d.node, d.outcome, d.decided_at, c.condition, c.kind, c.step, c.event, c.activities, c.query, c.segment, c.tag, c.probe, c.match_key
    from decided d
    join journeys.conditions c on c.scenario = d.scenario and c.version = d.version and c.kind = 'did'
        and c.role = case
            when d.reason = 'goal_already_met' or d.outcome in ('converted', 'goal_before_message') then 'goal'
            when d.reason = 'exit_already_met' or d.outcome = 'exited' then 'exit' end
),
done as (
    select a.enrolment_id, a.as_of, a.node, a.outcome, m.activity as what, m.occurred_at as moment, m.value as amount,
        row_number() over (partition by a.enrolment_id, a.as_of, a.node, a.outcome, a.condition order by m.occurred_at desc, m.activity) as place,
        a.activities, coalesce(' where ' || a.query, '') as asked_where
    from asked a
    left join journeys.enrolments e on e.enrolment_id = a.enrolment_id
    left join probe_matches m on m.probe = a.probe and m.loaded_at <= a.as_of
        and (a.match_key is null or m.key is null or e.trigger_key is null or m.key = e.trigger_key)
        and (m.occurred_at < a.decided_at or (m.occurred_at = a.decided_at and a.outcome not in ('no', 'timed_out')))
    where a.kind = 'did'
),
answered as (
    select a.enrolment_id, a.as_of, a.node, a.outcome, a.event, a.step, max(n.occurred_at) as moment
    from asked a
    left join outbox.messages m on m.enrolment_id = a.enrolment_id and m.step = a.step
    left join news n on n.name = 'message_' || a.event and n.key = m.message_key and n.loaded_at <= a.as_of
        and (n.occurred_at < a.decided_at or (n.occurred_at = a.decided_at and a.outcome not in ('no', 'timed_out')))
    where a.kind = 'message'
    group by a.enrolment_id, a.as_of, a.node, a.outcome, a.event, a.step
),
belonging as (
    select a.enrolment_id, a.as_of, a.node, a.outcome, a.segment, cast(null as boolean) as wanted from asked a where a.kind = 'in_segment'
    union all
    select d.enrolment_id, d.as_of, d.node, d.outcome, s.segment, contains(',' || coalesce(v.audience_in, '') || ',', ',' || s.segment || ',')
    from decided d
    join journeys.versions v on v.scenario = d.scenario and v.version = d.version
    join (select distinct segment from segments.definitions) s
        on contains(',' || coalesce(v.audience_in, '') || ',' || coalesce(v.audience_not_in, '') || ',', ',' || s.segment || ',')
    where d.reason = 'not_in_audience'
),
members as (
    select b.*, c.change, c.as_of as moment,
        row_number() over (partition by b.enrolment_id, b.as_of, b.node, b.outcome, b.segment order by c.as_of desc) as place
    from belonging b
    left join segments.changes c on c.segment = b.segment and c.contact_id = $contact and c.as_of <= b.as_of
)
select enrolment_id, as_of, node, outcome, 1 as place, case when moment is null then 'no ' || activities || asked_where else 'last ' || what || asked_where end as what, moment, cast(amount as varchar) as amount
from done where place = 1
union all
select enrolment_id, as_of, node, outcome, 2, case when moment is null then 'never ' || event || ' ' || step else event || ' ' || step end, moment, null
from answered
union all
select enrolment_id, as_of, node, outcome, 3,
    case when change is null then 'never in ' || segment when change = 'left' then 'left ' || segment else 'in ' || segment || ' since' end, moment, null
from members where place = 1 and (wanted is null or wanted <> coalesce(change = 'entered', false))
union all
select a.enrolment_id, a.as_of, a.node, a.outcome, 4, case when max(g.added_at) is null then 'not tagged ' || a.tag else 'tagged ' || a.tag end, max(g.added_at), null
from asked a
left join shop.contact_tags g on g.contact_id = $contact and g.tag = a.tag and g.added_at < a.as_of and (g.removed_at is null or g.removed_at >= a.as_of)
where a.kind = 'tagged'
group by a.enrolment_id, a.as_of, a.node, a.outcome, a.tag
union all
select d.enrolment_id, d.as_of, d.node, d.outcome, 5, f.seen, null, null
from decided d
join journeys.facts_seen f on f.enrolment_id = d.enrolment_id and f.as_of = d.as_of and coalesce(f.node, -1) = coalesce(d.node, -1)
where d.kind in ('if', 'wait_for') or d.outcome = 'entered' or d.reason = 'not_in_audience'
union all
select d.enrolment_id, d.as_of, d.node, d.outcome, 0, coalesce(e.activity, t.kind), e.triggered_at, e.trigger_key
from decided d
join journeys.enrolments e on e.enrolment_id = d.enrolment_id
join journeys.triggers t on t.scenario = e.scenario and t.version = e.version
where d.outcome = 'entered'
union all
select d.enrolment_id, d.as_of, d.node, d.outcome, 0, 'entered', max(e.entered_at), null
from decided d
join journeys.enrolments e on e.scenario = d.scenario and e.contact_id = d.contact_id and e.entered_as_of <= d.as_of
where d.reason in ('already_entered', 'cooldown', 'still_in')
group by d.enrolment_id, d.as_of, d.node, d.outcome
union all
select d.enrolment_id, d.as_of, d.node, d.outcome, 0, 'on the way in ' || e.scenario || ' since', e.entered_at, null
from decided d
join journeys.versions v on v.scenario = d.scenario and v.version = d.version
join journeys.enrolments e on e.contact_id = d.contact_id and e.entered_as_of <= d.as_of
join journeys.versions o on o.scenario = e.scenario and o.version = e.version
left join journeys.endings x on x.enrolment_id = e.enrolment_id and x.as_of < d.as_of
where d.reason = 'in_other_scenario' and x.enrolment_id is null
    and (contains(',' || coalesce(v.exclusive_with, '') || ',', ',' || e.scenario || ',') or contains(',' || coalesce(o.exclusive_with, '') || ',', ',' || d.scenario || ','))
union all
select d.enrolment_id, d.as_of, d.node, d.outcome, 0, 'at most ' || cast(t.max_age_seconds / 3600 as varchar) || ' hours old, looked at', d.as_of, null
from decided d
join journeys.triggers t on t.scenario = d.scenario and t.version = d.version
where d.reason = 'trigger_too_old'
union all
select d.enrolment_id, d.as_of, d.node, d.outcome, 0, 'rollout of ' || cast(v.rollout * 100 as varchar) || ' %', null, null
from decided d
join journeys.versions v on v.scenario = d.scenario and v.version = d.version
where d.reason = 'not_in_rollout'
order by enrolment_id, as_of, node, outcome, place, what;
