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

-- Conditions that join several: a way holds from when the last of its questions does, or from this tick where one of them
-- is about a state; the condition from the first way on, what happened before what is the case now.
insert into holds
select enrolment_id, condition, coalesce(min(case when from_now then null else holds_from end), timestamp '0001-01-01'), timestamp '9999-12-31'
from (
    select t.enrolment_id, a.condition, a.way, max(h.holds_from) as holds_from, min(h.holds_from) = timestamp '0001-01-01' as from_now
    from touched t
    join journeys.alternatives a on a.scenario = t.scenario and a.version = t.version and a.part <> a.condition
    join (select enrolment_id, condition, min(holds_from) as holds_from from holds group by enrolment_id, condition) h
        on h.enrolment_id = t.enrolment_id and h.condition = a.part
    group by t.enrolment_id, a.condition, a.way
    having count(*) = max(a.parts)
) w
group by enrolment_id, condition;

-- Conditions about a message that was dropped: nobody can answer it.
create or replace temp table lost as
select m.enrolment_id, c.condition, min(m.lost_at) as lost_at
from journeys.in_flight_messages m
join touched t on t.enrolment_id = m.enrolment_id
join journeys.conditions c on c.scenario = t.scenario and c.version = t.version and c.kind = 'message' and c.step = m.step
where m.lost_at is not null
group by m.enrolment_id, c.condition;

-- A condition that joins several is lost when each of its ways is.
insert into lost
select enrolment_id, condition, max(lost_at)
from (
    select t.enrolment_id, a.condition, a.way, min(l.lost_at) as lost_at
    from touched t
    join journeys.alternatives a on a.scenario = t.scenario and a.version = t.version and a.part <> a.condition
    left join lost l on l.enrolment_id = t.enrolment_id and l.condition = a.part
    group by t.enrolment_id, a.condition, a.way
) w
group by enrolment_id, condition
having count(lost_at) = count(*);

-- Local clock times as instants, for waits that end at one.
create or replace temp table moments as
with clocks as (
    select distinct n.clock from journeys.nodes n
    where n.clock is not null and exists (select 1 from touched t where t.scenario = n.scenario and t.version = n.version)
),
zones as (select distinct zone from touched),
span as (
    select
        rl_add_days((select min(reached_at) from touched), -2) as first_day,
        rl_add_days($horizon, 3 + (select coalesce(max(n.days), 0) from journeys.nodes n)) as last_day
)
select z.zone, c.clock, d.day, rl_add_seconds(rl_add_seconds(cast(d.day as timestamp), c.clock), -o.offset_seconds) as instant
from clocks c
cross join zones z
join span s on true
join calendar.days d on d.day >= s.first_day and d.day <= s.last_day
join calendar.zone_offsets o on o.zone = z.zone
    and rl_add_seconds(cast(d.day as timestamp), c.clock) >= o.local_starts_at and rl_add_seconds(cast(d.day as timestamp), c.clock) < o.local_ends_at;

-- The moments that waits for a date of the trigger end at, on the contact's own clock. A day without an hour begins at midnight.
create or replace temp table dates_awaited as
select d.enrolment_id, d.node, rl_add_seconds(d.local_at, -z.offset_seconds) as instant
from (
    select w.enrolment_id, w.node, w.zone,
        case
            when w.clock is not null then rl_add_seconds(cast(rl_add_days(w.local_moment, w.days) as timestamp), w.clock)
            else rl_add_seconds(w.local_moment, w.days * 86400)
        end as local_at
    from (
        select t.enrolment_id, n.node, t.zone, n.clock, n.days,
            case when length(rl_json(e.trigger_data, n.word)) <= 10 then cast(rl_json(e.trigger_data, n.word) as timestamp)
            else rl_add_seconds(cast(rl_json(e.trigger_data, n.word) as timestamp), o.offset_seconds) end as local_moment
        from touched t
        join journeys.nodes n on n.kind = 'wait_date' and n.scenario = t.scenario and n.version = t.version
        join journeys.enrolments e on e.enrolment_id = t.enrolment_id
        join calendar.zone_offsets o on o.zone = t.zone and cast(rl_json(e.trigger_data, n.word) as timestamp) >= o.starts_at
            and cast(rl_json(e.trigger_data, n.word) as timestamp) < o.ends_at
    ) w
) d
join calendar.zone_offsets z on z.zone = d.zone and d.local_at >= z.local_starts_at and d.local_at < z.local_ends_at;

-- Openings of windows around now, each with the moment from which it is the next one. A window that lies in an hour
-- which the clock skips does not open that day.
create or replace temp table openings as
select w.*, coalesce(lag(w.closes_at) over (partition by w.window_id, w.zone order by w.opens_at), timestamp '0001-01-01') as next_from
from (
    select n.window_id, z.zone,
        rl_add_seconds(rl_add_seconds(cast(d.day as timestamp), n.opens_seconds), -o.offset_seconds) as opens_at,
        rl_add_seconds(rl_add_seconds(cast(d.day as timestamp), n.closes_seconds), -c.offset_seconds) as closes_at
    from journeys.windows n
    cross join (select distinct zone from touched) z
    join calendar.days d on d.isodow = n.isodow and d.day >= rl_add_days($as_of, -3) and d.day <= rl_add_days($horizon, 10)
    join calendar.zone_offsets o on o.zone = z.zone
        and rl_add_seconds(cast(d.day as timestamp), n.opens_seconds) >= o.local_starts_at
        and rl_add_seconds(cast(d.day as timestamp), n.opens_seconds) < o.local_ends_at
    join calendar.zone_offsets c on c.zone = z.zone
        and rl_add_seconds(cast(d.day as timestamp), n.closes_seconds) >= c.local_starts_at
        and rl_add_seconds(cast(d.day as timestamp), n.closes_seconds) < c.local_ends_at
) w
where w.opens_at < w.closes_at;

-- Arms that touched contacts were given before: they stand.
create or replace temp table arms_given as
select a.experiment, a.subject, a.arm
from journeys.arms a
where a.subject in (select contact_id from touched);

-- The messages that people moved from another version had before: they are passed, never sent again.
create or replace temp table had as
select f.enrolment_id, f.step
from journeys.moves m
join touched t on t.enrolment_id = m.enrolment_id
join journeys.in_flight_messages f on f.enrolment_id = m.enrolment_id
group by f.enrolment_id, f.step;

-- The walk: every touched enrolment goes as far as time allows. A row is a node reached; `ready` says it was passed in
-- this tick, and `target` where to. A node is decided as of the moment it is reached, by what happened before it, so that
-- a tick at that very moment and a later one agree; states (segments, facts) are those of the tick that decides. A message's moment to go is the
-- latest of its due time, its window's opening and this tick, and the next node is reached then. A message that would
-- rather wait than be capped stops the walk: the outbox decides, a further walk goes on.
insert into walked by name
with recursive walk as (
    select
        t.enrolment_id, t.scenario, t.version, t.contact_id, t.entered_at, t.entry_key, t.ghost, t.zone, t.variant,
        cast(0 as bigint) as depth, cast(null as bigint) as node, 'begin' as kind, cast(null as varchar) as step,
        t.reached_at, t.reached_at as leave_at, t.node as target, true as ready, false as falls_due, cast(null as boolean) as yes, cast(null as varchar) as arm,
        cast(null as varchar) as message, cast(null as varchar) as channels, cast(null as bigint) as valid_seconds,
        cast(null as varchar) as on_capped, cast(null as varchar) as word, cast(null as bigint) as condition
    from touched t
    union all
    select
        s.enrolment_id, s.scenario, s.version, s.contact_id, s.entered_at, s.entry_key, s.ghost, s.zone,
        coalesce(s.arm, s.variant), s.depth, s.node, s.kind, s.step, s.reached_at, s.leave_at,
        case when s.kind not in ('if', 'split', 'wait_for', 'wait_date') or s.yes then s.next else s.other end,
        s.arrived and case when s.kind = 'send' and not s.had then s.on_capped <> 'hold' else s.leave_at <= greatest($as_of, s.entered_at) end,
        s.arrived and s.kind = 'send' and not s.had,
        s.yes, s.arm, s.message, s.channels, s.valid_seconds, s.on_capped, s.word, s.condition
    from (
        select
            a.*,
            a.reached_at <= $as_of or a.reached_at = a.entered_at as arrived,
            case when a.kind = 'split' then case when a.yes then a.arm_yes else a.arm_no end end as arm,
            case a.kind
                when 'wait' then rl_add_seconds(a.reached_at, a.seconds)
                when 'wait_until' then greatest(a.instant, a.reached_at)
                when 'wait_days' then greatest(a.instant, a.reached_at)
                when 'wait_date' then greatest(coalesce(a.awaited, a.reached_at), a.reached_at)
                when 'wait_for' then case
                    when a.yes and a.holds_from = timestamp '0001-01-01' then least(greatest(a.reached_at, $as_of), rl_add_seconds(a.reached_at, a.seconds))
                    when a.yes then greatest(a.reached_at, a.holds_from)
                    when a.lost_at is not null then least(greatest(a.reached_at, a.lost_at), rl_add_seconds(a.reached_at, a.seconds))
                    else rl_add_seconds(a.reached_at, a.seconds) end
                when 'send' then case when a.had then a.reached_at else greatest(
                    a.reached_at, $as_of,
                    least(coalesce(a.opens_at, a.reached_at), rl_add_seconds(a.reached_at, a.valid_seconds))) end
                else a.reached_at
            end as leave_at
        from (
            select
                w.enrolment_id, w.scenario, w.version, w.contact_id, w.entered_at, w.entry_key, w.ghost, w.zone, w.variant,
                w.depth + 1 as depth, w.leave_at as reached_at,
                n.node, n.kind, n.step, n.next, n.other, n.seconds, n.message, n.channels, n.valid_seconds, n.on_capped, n.word, n.condition,
                n.arm as arm_yes, n.other_arm as arm_no,
                m.instant, o.opens_at, l.lost_at, h.holds_from, d.instant as awaited, b.enrolment_id is not null as had,
                case n.kind
                    when 'if' then h.enrolment_id is not null
                    when 'wait_date' then coalesce(d.instant > w.leave_at, false)
                    when 'wait_for' then coalesce(h.holds_from < rl_add_seconds(w.leave_at, n.seconds), false)
                    when 'split' then coalesce(g.arm = n.arm, rl_bucket(w.scenario || ':' || n.step || '|' || w.contact_id, 10000) < n.below)
                end as yes
            from walk w
            join journeys.nodes n on n.scenario = w.scenario and n.version = w.version and n.node = w.target
            left join holds h on h.enrolment_id = w.enrolment_id and h.condition = n.condition
                and (n.kind = 'wait_for' or ((h.holds_from < w.leave_at or h.holds_from = w.entered_at) and w.leave_at < h.holds_until))
            left join lost l on l.enrolment_id = w.enrolment_id and l.condition = n.condition and n.kind = 'wait_for'
            left join had b on b.enrolment_id = w.enrolment_id and b.step = n.step and n.kind = 'send'
            left join dates_awaited d on d.enrolment_id = w.enrolment_id and d.node = n.node
            left join arms_given g on n.kind = 'split' and g.experiment = w.scenario || ':' || n.step and g.subject = w.contact_id
            left join calendar.zone_offsets z on n.clock is not null and z.zone = w.zone and w.leave_at >= z.starts_at and w.leave_at < z.ends_at
            left join moments m on m.zone = w.zone and m.clock = n.clock
                and m.day = rl_add_days(
                    rl_add_seconds(w.leave_at, z.offset_seconds),
                    case
                        when n.kind = 'wait_days' then n.days
                        when rl_seconds(cast(cast(rl_add_seconds(w.leave_at, z.offset_seconds) as date) as timestamp), rl_add_seconds(w.leave_at, z.offset_seconds)) <= n.clock then 0
                        else 1
                    end)
            left join openings o on o.window_id = n.window_id and o.zone = w.zone
                and greatest(w.leave_at, $as_of) >= o.next_from and greatest(w.leave_at, $as_of) < o.closes_at
            where w.ready and w.target is not null
        ) a
    ) s
)
select
    cast($round as bigint) as round, enrolment_id, scenario, version, contact_id, entered_at, entry_key, ghost, variant, depth, node, kind, step,
    reached_at, leave_at, target, ready, falls_due, yes, arm, message, channels, valid_seconds, on_capped, word, condition
from walk where depth > 0;
