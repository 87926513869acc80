-- The channel each message takes: the first possible one, else the first with its reason.
create or replace temp table chosen as
select message_key, channel, address, fault, impossible, basis from judged_options
qualify row_number() over (partition by message_key order by case when impossible is null then 0 else 1 end, place) = 1;

-- Messages that show a personal code, to runs that have none. Those of holdouts go on as if they had one.
create or replace temp table without_code as
select d.message_key
from due d
join journeys.nodes n on n.scenario = d.scenario and n.version = d.version and n.kind = 'send' and n.step = d.step and n.needs_code
where not d.ghost and not exists (select 1 from journeys.codes k where k.enrolment_id = d.enrolment_id and k.code is not null);

-- Every gate that does not depend on other messages, in the order that names the reason.
create or replace temp table gated as
select
    d.*, c.channel, c.address, c.fault, c.impossible,
    case when d.category = 'transactional' then 'transactional' else c.basis end as basis,
    coalesce(f.locale, $locale) as locale, coalesce(f.timezone, $zone) as contact_zone,
    case
        when c.impossible is not null then c.impossible
        when d.state = 'paused:expire' then 'scenario_paused'
        when d.not_before >= d.expires_at then 'expired'
        when w.message_key is not null then 'no_code'
        when not $send then 'not_sent'
    end as dropped_for
from due d
join chosen c on c.message_key = d.message_key
left join without_code w on w.message_key = d.message_key
left join people f on f.contact_id = d.contact_id;

-- Marketing messages that compete for caps, in one order: priority, due time, scenario, key. Ghosts see caps as well, so
-- that they are compared with people who would have got a message.
create or replace temp table ranked as
select g.*, row_number() over (partition by g.contact_id order by g.priority desc, g.due_at, g.scenario, g.message_key) as turn
from gated g
where g.dropped_for is null and g.category = 'marketing';

-- Members of the segments that caps are for, among the contacts concerned.
create or replace temp table cap_members as
select m.segment, m.contact_id from segments.members m
where m.segment in (select segment from caps) and m.contact_id in (select contact_id from ranked);

-- Which caps bind each of them. A cap for a segment binds its members.
create or replace temp table bound as
select r.message_key, r.contact_id, r.not_before, c.name as cap, c.at_most, c.span, c.clock, c.unit, c.seconds, c.channel, c.topic,
    case c.zone when 'contact' then r.contact_zone else $zone end as cap_zone
from ranked r
join caps c on (c.channel is null or c.channel = r.channel) and (c.topic is null or c.topic = r.topic)
where c.segment is null or exists (select 1 from cap_members m where m.segment = c.segment and m.contact_id = r.contact_id);

-- The stretch in which each of these caps counts, both ends in UTC: so long before and after, or the day, week or month
-- on the clock of its zone.
create or replace temp table binding as
select
    message_key, contact_id, cap, at_most, span, clock, channel, topic,
    rl_add_seconds(not_before, -seconds) as counts_from, rl_add_seconds(not_before, seconds) as counts_until
from bound where clock = 'rolling'
union all
select
    u.message_key, u.contact_id, u.cap, u.at_most, u.span, u.clock, u.channel, u.topic,
    rl_add_seconds(u.begins, -b.offset_seconds) as counts_from, rl_add_seconds(u.ends, -e.offset_seconds) as counts_until
from (
    select d.*, cast(case d.unit when 'month' then rl_add_days(last_day(d.begins), 1) when 'week' then rl_add_days(d.begins, 7) else rl_add_days(d.begins, 1) end as timestamp) as ends
    from (
        select c.*, cast(date_trunc(c.unit, rl_add_seconds(c.not_before, l.offset_seconds)) as timestamp) as begins
        from bound c
        join calendar.zone_offsets l on l.zone = c.cap_zone and c.not_before >= l.starts_at and c.not_before < l.ends_at
        where c.clock = 'calendar'
    ) d
) u
join calendar.zone_offsets b on b.zone = u.cap_zone and u.begins >= b.local_starts_at and u.begins < b.local_ends_at
join calendar.zone_offsets e on e.zone = u.cap_zone and u.ends >= e.local_starts_at and u.ends < e.local_ends_at;

-- What the contacts concerned already got, or will: messages that go count, also those that wait for a moment, a source
-- or the end of a pause; those that wait for a cap do not.
create or replace temp table used as
select m.message_key, m.contact_id, m.channel, m.topic, m.not_before
from outbox.messages m
where m.contact_id in (select contact_id from binding) and m.category = 'marketing'
    and (m.status = 'to_send' or (m.status = 'held' and m.reason not in ('capped', 'lower_priority')))
    and m.not_before >= rl_add_seconds($as_of, -$longest_cap)
    and m.message_key not in (select message_key from due);

-- Candidates admitted so far, filled turn by turn.
create or replace temp table admitted_messages (
    message_key varchar, contact_id varchar, channel varchar, topic varchar, not_before timestamp, ghost boolean, cap varchar, by_past boolean
);
