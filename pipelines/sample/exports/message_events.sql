-- What came back from the mailings that the shop sends with its old tool: they carry no message key. Who is gone hardly
-- opens; who leaves does so with one mailing and gets no more.
create or replace temp table mails as
with sent as (select * from mailings where sent_at >= case when $whole then $opens_at else $opens_at - interval 4 day end and sent_at < $closes_at),
reached as (
    select s.channel, s.mailing, s.sent_at, s.week = p.last_week as last, p.leaves_by, p.no, p.contact_id,
        case when p.gone_at < s.sent_at then p.opens * 0.1 else p.opens end as opens, p.clicks
    from sent s join people p on s.channel = 'email' and p.news_from < s.sent_at and p.last_week >= s.week
    union all
    select s.channel, s.mailing, s.sent_at, false, '', p.no, p.contact_id, 0, p.clicks * 0.4
    from sent s join people p on s.channel = 'push' and p.push_from < s.sent_at
    union all
    select s.channel, s.mailing, s.sent_at, false, '', p.no, p.contact_id, 0, p.clicks * 0.5
    from sent s join people p on s.channel = 'sms' and p.sms_from < s.sent_at and s.sent_at < p.sms_from + interval 200 day
),
drawn as (select *, dice('mail', mailing || '|' || no) as h from reached)
select
    d.*, d.sent_at + to_seconds(5 + (d.h >> 15) & 511) as delivered_at,
    d.sent_at + to_seconds(600 + cast(230000 * pow(part(d.h, 2), 4) as bigint)) as opened_at,
    case when d.last and d.leaves_by = 'bounced' then 'hard' when part(d.h, 1) < 0.008 and d.channel = 'email' and not d.last then 'soft' end as bounced,
    part(d.h, 0) < d.opens or (d.last and d.leaves_by in ('unsubscribed', 'complained')) as opened,
    part(d.h, 3) < case when d.channel = 'email' then d.clicks else d.clicks * 0.5 end as clicked,
    l.leave_at
from drawn d
left join leavers l on l.no = d.no and d.last;

create or replace temp table export as
with back as (
    select mailing, no, contact_id, channel, delivered_at as occurred_at, 'delivered' as kind, null as url, null as reason from mails where bounced is null
    union all
    select mailing, no, contact_id, channel, delivered_at, 'bounced', null,
        case bounced when 'hard' then 'hard: 5.1.1 mailbox does not exist' else 'soft: 4.2.2 mailbox full' end
    from mails where bounced is not null
    union all
    select mailing, no, contact_id, channel, opened_at, 'opened', null, null from mails where bounced is null and opened
    union all
    select mailing, no, contact_id, channel, opened_at + to_seconds(8 + h & 127), 'clicked', $url || '/products/' || p.slug, null
    from mails
    join range_of_products p on p.product_no = 1 + (h & 32767) % (select count(*) from range_of_products)
    where bounced is null and clicked and (opened or channel != 'email')
    union all
    select mailing, no, contact_id, channel, leave_at, leaves_by, null, null from mails
        where last and bounced is null and leaves_by in ('unsubscribed', 'complained')
)
select
    'E' || mailing || '-' || no || '-' || kind as event_id, cast(null as varchar) as message_key, mailing || '-' || no as provider_message_id,
    contact_id, channel, occurred_at, kind, url, reason
from back
where ($whole and occurred_at < $known_at) or (occurred_at >= $opens_at and occurred_at < $closes_at)
order by occurred_at, no, kind;
