-- What the provider reports about our messages.
create or replace temp table export as
with back as (
    select message_key, provider_message_id, contact_id, channel, delivered_at as occurred_at,
        case when bounced is null then 'delivered' else 'bounced' end as kind, null as url,
        case bounced when 'hard' then 'hard: 5.1.1 mailbox does not exist' when 'soft' then 'soft: 4.2.2 mailbox full' end as reason
    from replies
    union all
    select message_key, provider_message_id, contact_id, channel, opened_at, 'opened', null, null from replies where opened
    union all
    select r.message_key, r.provider_message_id, r.contact_id, r.channel, r.clicked_at, 'clicked', coalesce(l.url, $url || '/'), null
    from replies r left join link_of_choice l on l.message_key = r.message_key
    where r.clicked
    union all
    select message_key, provider_message_id, contact_id, channel, clicked_at, case when complains then 'complained' else 'unsubscribed' end, null,
        case when leaves then topic end
    from replies where bounced is null and (leaves or complains)
)
select
    'A' || substr(md5(message_key), 1, 16) || '-' || kind as event_id, message_key, provider_message_id, contact_id, channel, occurred_at, kind,
    cast(url as varchar) as url, cast(reason as varchar) as reason
from back
order by occurred_at, event_id;
