-- The walk: every touched enrolment goes as far as time allows. A row is a node reached; `ready` says it was passed in
-- this tick, and `target` where to. A node is decided as of the moment it is reached, by what happened before it, so that
-- a tick at that very moment and a later one agree; states (segments, facts) are those of the tick that decides. A message's moment to go is the
-- latest of its due time, its window's opening and this tick, and the next node is reached then. A message that would
-- rather wait than be capped stops the walk: the outbox decides, a further walk goes on. An offer stops it too, until codes are given.
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
                    rl_add_months(rl_add_seconds(w.leave_at, z.offset_seconds), coalesce(n.months, 0)),
                    case
                        when n.kind = 'wait_days' then n.days
                        when rl_seconds(cast(cast(rl_add_seconds(w.leave_at, z.offset_seconds) as date) as timestamp), rl_add_seconds(w.leave_at, z.offset_seconds)) <= n.clock then 0
                        else 1
                    end)
            left join openings o on o.window_id = n.window_id and o.zone = w.zone
                and greatest(w.leave_at, $as_of) >= o.next_from and greatest(w.leave_at, $as_of) < o.closes_at
            where w.ready and w.target is not null and w.kind <> 'offer'
        ) a
    ) s
)
select
    cast($round as bigint) as round, enrolment_id, scenario, version, contact_id, entered_at, entry_key, ghost, variant, depth, node, kind, step,
    reached_at, leave_at, target, ready, falls_due, yes, arm, message, channels, valid_seconds, on_capped, word, condition
from walk where depth > 0;
