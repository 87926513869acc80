-- Activities on a key that wait until nothing new happens on it: those kept from earlier ticks and the new ones, each
-- with the moment of the next one on the same key. What happened in between makes no difference to the tick that looks.
create or replace temp table waiting_to_settle as
select w.*, lead(w.occurred_at) over (partition by w.scenario, w.contact_id, w.key order by w.occurred_at, w.activity_id) as next_at
from (
    select s.scenario, s.contact_id, s.key, s.activity_id, s.activity, s.occurred_at, s.loaded_at, s.props, s.holds
    from journeys.settling s
    join live l on l.scenario = s.scenario and l.enters
    union
    select m.scenario, m.contact_id, coalesce(m.key, ''), m.activity_id, m.activity, m.occurred_at, m.loaded_at, m.props, m.holds
    from trigger_matches m
    join live l on l.scenario = m.scenario
    where l.settle_seconds is not null and (m.occurred_at >= l.since or m.loaded_at > l.since)
) w;

-- Members of the segments that triggers watch, among those who changed.
create or replace temp table watched_members as
select m.segment, m.contact_id from segments.members m
where m.segment in (select segment from live where enters)
    and m.contact_id in (
        select c.contact_id from segments.changes c
        where c.as_of >= (select min(since) from live) and c.cause = 'data' and c.segment in (select segment from live where enters)
    );

-- Everything that could make somebody enter in this tick: activities, activities that settled, segment changes, first
-- members of a segment taken in, dates coming up before the next tick, products that changed, messages left unanswered.
create or replace temp table triggered as
select
    l.scenario, m.contact_id, m.key, m.activity_id, m.activity,
    m.occurred_at as triggered_at, m.occurred_at as entered_at, m.props as trigger_data
from trigger_matches m
join live l on l.scenario = m.scenario
where l.settle_seconds is null and (m.occurred_at >= l.since or m.loaded_at > l.since)
union all
select
    l.scenario, w.contact_id, w.key, w.activity_id, w.activity,
    w.occurred_at, rl_add_seconds(w.occurred_at, l.settle_seconds), w.props
from waiting_to_settle w
join live l on l.scenario = w.scenario
where w.holds and rl_add_seconds(w.occurred_at, l.settle_seconds) <= $as_of
    and (w.next_at is null or w.next_at >= rl_add_seconds(w.occurred_at, l.settle_seconds))
union all
select
    l.scenario, c.contact_id, cast(c.as_of as varchar), 'segment:' || c.segment || ':' || cast(c.as_of as varchar),
    cast(null as varchar), c.as_of, c.as_of, cast(null as json)
from segments.changes c
join live l on l.segment = c.segment and l.change = c.change
where l.enters and l.kind = 'segment' and c.cause = 'data' and c.as_of <= $as_of
    and (c.as_of > l.looked_until or (l.looked_until is null and c.as_of = $as_of))
    and (c.change = 'entered') = exists (select 1 from watched_members m where m.segment = c.segment and m.contact_id = c.contact_id)
union all
select
    b.scenario, b.contact_id, cast($as_of as varchar), 'backfill:' || b.segment,
    cast(null as varchar), $as_of, $as_of, cast(null as json)
from (
    select l.scenario, l.segment, l.backfill, m.contact_id,
        row_number() over (partition by l.scenario order by m.entered_at desc, m.contact_id) as place
    from segments.members m
    join live l on l.segment = m.segment
    where l.enters and l.kind = 'segment' and l.change = 'entered' and l.looked_until is null and l.backfill is not null
        and not exists (
            select 1 from segments.changes c
            where c.segment = m.segment and c.contact_id = m.contact_id and c.as_of = $as_of and c.change = 'entered' and c.cause = 'data'
        )
) b
where b.place <= b.backfill
union all
select a.scenario, a.contact_id, a.key, a.activity_id, cast(null as varchar), a.moment, a.moment, a.trigger_data
from moments_ahead a
union all
select i.scenario, i.contact_id, i.product_id || '@' || cast(i.valid_from as varchar), 'product:' || i.product_id || '@' || cast(i.valid_from as varchar),
    cast(null as varchar), i.valid_from, i.valid_from, i.props
from interested i
union all
select u.scenario, u.contact_id, u.message_key, 'unanswered:' || u.message_key, cast(null as varchar), u.moment, u.moment, u.props
from unanswered u
union all
select s.scenario, s.contact_id, s.started_by, 'start:' || s.started_by || ':' || cast(s.started_at as varchar), cast(null as varchar), s.started_at, s.started_at, s.trigger_data
from journeys.starts s
join live l on l.scenario = s.scenario
where l.enters and l.kind = 'scenario' and l.source = s.started_in and s.as_of >= l.since and (s.as_of > l.looked_until or l.looked_until is null);

-- Triggers that still wait to settle are kept for the next tick.
delete from journeys.settling where exists (select 1 from live l where l.scenario = settling.scenario and l.enters);

insert into journeys.settling by name
select w.scenario, w.contact_id, w.key, w.activity_id, w.activity, w.occurred_at, w.loaded_at, w.props, w.holds
from waiting_to_settle w
join live l on l.scenario = w.scenario
where w.next_at is null and rl_add_seconds(w.occurred_at, l.settle_seconds) > $as_of;
