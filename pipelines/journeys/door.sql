-- Goals and exits that candidates had met when they would have entered: on the same key at any time; without a shared
-- key, from the trigger on. Where both are met, the goal is named.
create or replace temp table met_already as
select k.enrolment_id, k.activity_id, max(c.role) as role
from candidates k
join journeys.conditions c on c.scenario = k.scenario and c.version = k.version and c.role in ('goal', 'exit')
join probe_matches m on m.probe = c.probe and m.contact_id = k.contact_id and m.occurred_at <= k.entered_at
where not (m.occurred_at = k.triggered_at and coalesce(m.activity = k.activity, false))
    and case when c.match_key is not null and m.key is not null and k.trigger_key is not null then m.key = k.trigger_key else m.occurred_at >= k.triggered_at end
group by k.enrolment_id, k.activity_id;

-- Members of the segments that audiences name, among the candidates.
create or replace temp table audience_members as
select m.segment, m.contact_id from segments.members m
where m.segment in (select segment from audience_segments) and m.contact_id in (select contact_id from candidates);

-- Candidates whom the audience leaves out.
create or replace temp table outside_audience as
select distinct k.scenario, k.contact_id
from candidates k
join live l on l.scenario = k.scenario
where exists (
        select 1 from audience_segments a
        where a.scenario = k.scenario
            and a.wanted <> exists (select 1 from audience_members m where m.segment = a.segment and m.contact_id = k.contact_id)
    )
    or (l.audience_where is not null and not exists (select 1 from audience_matches w where w.scenario = k.scenario and w.contact_id = k.contact_id));

-- Candidates on their way in a scenario that theirs is not to meet.
create or replace temp table in_other_scenario as
select distinct x.scenario, p.contact_id
from exclusive_pairs x
join journeys.positions p on p.scenario = x.other
where p.contact_id in (select contact_id from candidates);

-- The first gate each candidate fails that does not depend on other candidates; null for none.
create or replace temp table judged as
select
    k.*,
    case
        when f.contact_id is null then 'unknown_contact'
        when l.kind in ('activity', 'product') and rl_seconds(k.triggered_at, $as_of) > l.max_age_seconds then 'trigger_too_old'
        when o.contact_id is not null then 'not_in_audience'
        when rl_bucket('rollout:' || k.scenario || '|' || k.contact_id, 10000) >= l.rollout * 10000 then 'not_in_rollout'
        when x.contact_id is not null then 'in_other_scenario'
        when m.role = 'goal' then 'goal_already_met'
        when m.role = 'exit' then 'exit_already_met'
    end as refusal
from candidates k
join live l on l.scenario = k.scenario
left join people f on f.contact_id = k.contact_id
left join outside_audience o on o.scenario = k.scenario and o.contact_id = k.contact_id
left join in_other_scenario x on x.scenario = k.scenario and x.contact_id = k.contact_id
left join met_already m on m.enrolment_id = k.enrolment_id and m.activity_id = k.activity_id
where not (l.kind in ('activity', 'product') and rl_seconds(k.triggered_at, $as_of) > l.max_age_seconds and k.triggered_at < coalesce(l.live_since, $as_of));

-- What each contact and scenario of this tick has behind them: the last entry, and whether a run is or was on.
create or replace temp table behind as
select k.scenario, k.contact_id,
    max(e.entered_at) as last_entered_at,
    max(cast(rl_add_seconds(e.entered_at, z.offset_seconds) as date)) as last_entered_on
from (select distinct scenario, contact_id from judged where refusal is null) k
join journeys.enrolments e on e.scenario = k.scenario and e.contact_id = k.contact_id
join calendar.zone_offsets z on z.zone = $zone and e.entered_at >= z.starts_at and e.entered_at < z.ends_at
group by k.scenario, k.contact_id;

-- When the latest run of the contact in the scenario ended, for those who may come back after it; null while one is on.
create or replace temp table latest_run as
with asking as (
    select distinct k.scenario, k.contact_id from judged k
    join live l on l.scenario = k.scenario and l.reentry = 'after_exit'
    where k.refusal is null
)
select r.scenario, r.contact_id, bool_or(r.ended_at is null) as still_in, max(r.ended_at) as ended_at
from (
    select p.scenario, p.contact_id, cast(null as timestamp) as ended_at from journeys.positions p
    union all
    select e.scenario, e.contact_id, e.ended_at from ended e
    union all
    select e.scenario, e.contact_id, e.ended_at from journeys.endings e
) r
where exists (select 1 from asking k where k.scenario = r.scenario and k.contact_id = r.contact_id)
group by r.scenario, r.contact_id;

-- Re-entry, one candidate of a contact and scenario after the other: who is taken becomes the last entry of the next.
create or replace temp table admitted as
with recursive places as (
    select j.*, row_number() over (partition by j.scenario, j.contact_id order by j.place) as turn
    from judged j where j.refusal is null
),
turns as (
    select
        b.scenario, b.contact_id, cast(0 as bigint) as turn, cast(null as varchar) as enrolment_id, cast(null as varchar) as activity_id,
        false as taken, false as any_taken, h.last_entered_at, h.last_entered_on
    from (select distinct scenario, contact_id from places) b
    left join behind h on h.scenario = b.scenario and h.contact_id = b.contact_id
    union all
    select
        s.scenario, s.contact_id, s.turn, s.enrolment_id, s.activity_id, s.allowed, s.any_taken or s.allowed,
        case when s.allowed then s.entered_at else s.last_entered_at end,
        case when s.allowed then s.entered_on else s.last_entered_on end
    from (
        select
            t.scenario, t.contact_id, p.turn, p.enrolment_id, p.activity_id, p.entered_at, p.entered_on,
            t.last_entered_at, t.last_entered_on, t.any_taken,
            case l.reentry
                when 'after_exit' then not t.any_taken and not coalesce(r.still_in, false) and coalesce(r.ended_at <= p.entered_at, true)
                when 'cooldown' then coalesce(
                    case when l.cooldown_days is not null then rl_days(t.last_entered_on, p.entered_on) >= l.cooldown_days
                    else rl_seconds(t.last_entered_at, p.entered_at) >= l.cooldown_seconds end, true)
                else true
            end as allowed
        from turns t
        join places p on p.scenario = t.scenario and p.contact_id = t.contact_id and p.turn = t.turn + 1
        join live l on l.scenario = t.scenario
        left join latest_run r on r.scenario = t.scenario and r.contact_id = t.contact_id
    ) s
)
select scenario, contact_id, enrolment_id, activity_id, taken from turns where turn > 0;

-- The verdict on every candidate, but for those of scenarios that exclude each other. Of several on one run the first
-- enters; one that entered before does not enter again.
create or replace temp table judged_alone as
select
    v.*,
    case
        when v.refusal is not null then v.refusal
        when v.reentry = 'after_exit' and not v.taken then 'still_in'
        when v.reentry = 'cooldown' and not v.taken then 'cooldown'
        when v.entered_before or v.same_run > 1 then 'already_entered'
    end as alone
from (
    select
        j.*, l.reentry, coalesce(a.taken, false) as taken,
        exists (select 1 from journeys.enrolments e where e.enrolment_id = j.enrolment_id) as entered_before,
        row_number() over (partition by j.enrolment_id, j.refusal is null order by j.place) as same_run
    from judged j
    join live l on l.scenario = j.scenario
    left join admitted a on a.enrolment_id = j.enrolment_id and a.activity_id = j.activity_id
) v;

-- Those whom another scenario of this tick takes, filled scenario by scenario.
create or replace temp table taken_elsewhere (scenario varchar, contact_id varchar);
