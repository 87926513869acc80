-- What this tick changes in what each contact did with messages: rows to count, less those that leave a window.
-- `anew`: what was counted before does not count.
create or replace temp table changed_message_events as
with counted as (
    select
        contact_id,
        count(case when kind = 'delivered' and occurred_at >= $since_180d then 1 end) as messages_180d,
        count(case when kind = 'opened' and occurred_at >= $since_90d then 1 end) as opens_90d,
        count(case when kind = 'clicked' and occurred_at >= $since_90d then 1 end) as clicks_90d,
        max(case when kind = 'opened' then occurred_at end) as last_open_at,
        max(case when kind = 'clicked' then occurred_at end) as last_click_at
    from counted_message_events group by contact_id
), parts as (
    select contact_id, false as anew, kind from shop.message_events
    where occurred_at >= $was_90d and occurred_at < $since_90d and occurred_at < $previous and loaded_at <= $previous and kind in ('opened', 'clicked')
    union all
    select contact_id, false, kind from shop.message_events
    where occurred_at >= $was_180d and occurred_at < $since_180d and occurred_at < $previous and loaded_at <= $previous and kind = 'delivered'
    union all
    select contact_id, true, '' from recounted where block = 'message_events'
), leaving as (
    select
        contact_id, bool_or(anew) as anew, count(case when kind = 'delivered' then 1 end) as messages_180d,
        count(case when kind = 'opened' then 1 end) as opens_90d, count(case when kind = 'clicked' then 1 end) as clicks_90d
    from parts where contact_id is not null group by contact_id
)
select
    coalesce(c.contact_id, l.contact_id) as contact_id, coalesce(l.anew, false) as anew,
    coalesce(c.messages_180d, 0) - case when l.anew then 0 else coalesce(l.messages_180d, 0) end as messages_180d,
    coalesce(c.opens_90d, 0) - case when l.anew then 0 else coalesce(l.opens_90d, 0) end as opens_90d,
    coalesce(c.clicks_90d, 0) - case when l.anew then 0 else coalesce(l.clicks_90d, 0) end as clicks_90d,
    c.last_open_at, c.last_click_at
from counted c
full join leaving l on l.contact_id = c.contact_id;

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
