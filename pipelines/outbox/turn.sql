-- One turn of the arbitration: of the candidates whose turn it is, those for whom a cap is used up, with the cap and how
-- far it is: `weekly: 2 of 2 in 7 days`; for the others null. Used are earlier messages and those admitted in earlier turns, each on the cap's own clock.
insert into admitted_messages by name
with competing as (
    select b.*
    from binding b
    join ranked r on r.message_key = b.message_key and r.turn = $turn
),
counted as (
    select
        c.message_key, c.cap, c.at_most, c.span,
        count(t.message_key) as taken, count(case when t.past then 1 end) as taken_before
    from competing c
    left join (
        select message_key, contact_id, channel, topic, not_before, true as past from used
        union all
        select message_key, contact_id, channel, topic, not_before, false from admitted_messages where cap is null and not ghost
    ) t on t.contact_id = c.contact_id and (c.channel is null or t.channel = c.channel) and (c.topic is null or t.topic = c.topic)
        and (t.not_before > c.counts_from or (t.not_before = c.counts_from and c.clock = 'calendar')) and t.not_before < c.counts_until
    group by c.message_key, c.cap, c.at_most, c.span
),
full_caps as (
    select message_key, min(cap || ': ' || cast(taken as varchar) || ' of ' || cast(at_most as varchar) || ' in ' || span) as cap, bool_or(taken_before >= at_most) as by_past
    from counted where taken >= at_most group by message_key
)
select r.message_key, r.contact_id, r.channel, r.topic, r.not_before, r.ghost, f.cap, coalesce(f.by_past, false) as by_past
from ranked r
left join full_caps f on f.message_key = r.message_key
where r.turn = $turn;
