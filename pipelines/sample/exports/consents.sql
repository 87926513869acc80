-- Consents given and taken back: asked for with the account or later, noted at the check-out of whoever buys without
-- having been asked (similar products, as long as they have not objected), withdrawn by whoever leaves a mailing. Half of
-- those who take the newsletter tick the box about ads too.
create or replace temp table export as
with log as (
    select contact_id, 'email' as channel, 'newsletter' as topic, 'opt_in' as basis, true as granted, news_from as occurred_at,
        'form account v3, box ticked' as proof
    from people where news_from >= $opens_at and news_from < $closes_at
    union all
    select contact_id, 'email', 'promotions', 'opt_in', true, news_from, 'form account v3, box ticked'
    from people where news_from >= $opens_at and news_from < $closes_at and part(dice('topics', no), 0) < 0.88
    union all
    select contact_id, 'sms', 'promotions', 'opt_in', true, sms_from, 'form account v3, box ticked'
    from people where sms_from >= $opens_at and sms_from < $closes_at
    union all
    select contact_id, 'ads', 'promotions', 'opt_in', true, news_from, 'form account v3, box about ads ticked'
    from people where news_from >= $opens_at and news_from < $closes_at and part(dice('ads', no), 0) < 0.5
    union all
    select contact_id, 'push', 'promotions', 'opt_in', true, push_from, 'app permission'
    from people where push_from >= $opens_at and push_from < $closes_at
    union all
    select o.contact_id, 'email', 'promotions', 'existing_customer', true, o.ordered_at, 'checkout v5, told and not objected'
    from orders o
    join people p on p.no = o.no
    left join leavers l on l.no = o.no
    where ($whole or (o.ordered_at >= $opens_at and o.ordered_at < $closes_at))
        and p.has_email and (p.news_from is null or p.news_from > o.ordered_at) and (l.leave_at is null or l.leave_at > o.ordered_at)
        and part(dice('topics', o.no), 1) < 0.85
    union all
    select p.contact_id, 'email', case when part(dice('topics', p.no), 2) < 0.5 then 'all' else 'newsletter' end, 'opt_in', false, l.leave_at,
        'unsubscribe link'
    from leavers l join people p on p.no = l.no
    where l.leaves_by = 'unsubscribed' and l.leave_at >= $opens_at and l.leave_at < $closes_at
    union all
    select contact_id, 'sms', 'promotions', 'opt_in', false, sms_from + interval 200 day, 'STOP'
    from people
    where sms_from + interval 200 day >= $opens_at and sms_from + interval 200 day < $closes_at and part(dice('topics', no), 3) < 0.12
)
select contact_id, channel, topic, basis, granted, occurred_at, proof from log order by occurred_at, contact_id, channel, topic;
