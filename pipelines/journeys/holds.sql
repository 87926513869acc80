-- Since when, and until when, each condition of the touched enrolments holds. Without a stretch of time it holds from
-- the first time on; with one, for that long after each time (overlaps merged, so that an instant meets one row at most).
create or replace temp table holds as
with times as (
    select o.enrolment_id, o.condition, o.occurred_at, c.within_seconds
    from journeys.observations o
    join touched t on t.enrolment_id = o.enrolment_id
    join journeys.conditions c on c.scenario = t.scenario and c.version = t.version and c.condition = o.condition and c.role = 'step'
),
apart as (
    select *,
        case when occurred_at < rl_add_seconds(lag(occurred_at) over (partition by enrolment_id, condition order by occurred_at), within_seconds)
            then 0 else 1 end as begins
    from times where within_seconds is not null
),
stretches as (
    select *, sum(begins) over (partition by enrolment_id, condition order by occurred_at) as stretch from apart
)
select enrolment_id, condition, min(occurred_at) as holds_from, timestamp '9999-12-31' as holds_until
from times where within_seconds is null group by enrolment_id, condition
union all
select enrolment_id, condition, min(occurred_at), rl_add_seconds(max(occurred_at), max(within_seconds))
from stretches group by enrolment_id, condition, stretch
union all
select t.enrolment_id, c.condition, timestamp '0001-01-01', timestamp '9999-12-31'
from touched t
join journeys.conditions c on c.scenario = t.scenario and c.version = t.version and c.kind = 'in_segment'
join (
    select segment, contact_id from segments.members
    where segment in (select segment from journeys.conditions where kind = 'in_segment') and contact_id in (select contact_id from touched)
) m on m.segment = c.segment and m.contact_id = t.contact_id
union all
select distinct t.enrolment_id, c.condition, timestamp '0001-01-01', timestamp '9999-12-31'
from touched t
join journeys.conditions c on c.scenario = t.scenario and c.version = t.version and c.kind = 'tagged'
join shop.contact_tags g on g.contact_id = t.contact_id and g.tag = c.tag and g.removed_at is null
union all
select enrolment_id, condition, timestamp '0001-01-01', timestamp '9999-12-31' from unused_codes
union all
select enrolment_id, condition, timestamp '0001-01-01', timestamp '9999-12-31' from state_matches;
