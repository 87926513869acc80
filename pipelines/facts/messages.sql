-- What this tick changes in what each contact did with messages: rows to count, less those that leave a window.
create or replace temp table changed_message_events as
with leaving as (
    select contact_id, kind from shop.message_events
    where occurred_at >= $was_90d and occurred_at < $since_90d and occurred_at < $previous and loaded_at <= $previous and kind in ('opened', 'clicked')
    union all
    select contact_id, kind from shop.message_events
    where occurred_at >= $was_180d and occurred_at < $since_180d and occurred_at < $previous and loaded_at <= $previous and kind = 'delivered'
), parts as (
    select
        contact_id, false as anew,
        count(case when kind = 'delivered' and occurred_at >= $since_180d then 1 end) as messages_180d,
        count(case when kind = 'opened' and occurred_at >= $since_90d then 1 end) as opens_90d,
        count(case when kind = 'clicked' and occurred_at >= $since_90d then 1 end) as clicks_90d,
        max(case when kind = 'opened' then occurred_at end) as last_open_at,
        max(case when kind = 'clicked' then occurred_at end) as last_click_at
    from counted_message_events group by contact_id
    union all
    select
        l.contact_id, false, -count(case when l.kind = 'delivered' then 1 end), -count(case when l.kind = 'opened' then 1 end),
        -count(case when l.kind = 'clicked' then 1 end), null, null
    from leaving l
    where l.contact_id is not null and not exists (select 1 from recounted r where r.block = 'message_events' and r.contact_id = l.contact_id)
    group by l.contact_id
    union all
    select contact_id, true, 0, 0, 0, null, null from recounted where block = 'message_events'
)
select
    contact_id, bool_or(anew) as anew, cast(sum(messages_180d) as bigint) as messages_180d, cast(sum(opens_90d) as bigint) as opens_90d,
    cast(sum(clicks_90d) as bigint) as clicks_90d, max(last_open_at) as last_open_at, max(last_click_at) as last_click_at
from parts group by contact_id;

-- Channels answered on since, and what was counted before for the same contacts.
create or replace temp table answers as
with parts as (
    select contact_id, channel, count(*) as answers from counted_message_events where kind in ('clicked', 'replied') group by contact_id, channel
    union all
    select contact_id, '', 0 from recounted where block = 'message_events'
)
select contact_id, channel, answers from parts
union all
select s.contact_id, s.channel, s.answers from facts.stored_channels s
where s.contact_id in (select contact_id from parts) and not exists (select 1 from recounted r where r.block = 'message_events' and r.contact_id = s.contact_id);

delete from facts.stored_channels where contact_id in (select contact_id from answers);

insert into facts.stored_channels
select contact_id, channel, cast(sum(answers) as bigint) from answers where channel <> '' group by contact_id, channel;

-- The channel each of these contacts answers most on.
create or replace temp table changed_channels as
with totals as (
    select contact_id, channel, sum(answers) as answers from answers group by contact_id, channel
), ranked as (
    select contact_id, channel, row_number() over (partition by contact_id order by answers desc, channel) as place from totals
)
select contact_id, nullif(max(case when place = 1 then channel end), '') as preferred_channel
from ranked group by contact_id;

drop table answers;
