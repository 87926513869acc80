-- Where pushes may go: the contact's newest browser or app that is not known to be gone. A browser is reached by three things.
create or replace temp table pushable as
select s.contact_id, s.address
from (
    select contact_id, endpoint, subscribed_at, case when p256dh is null then endpoint else endpoint || ' ' || p256dh || ' ' || auth end as address
    from shop.push_subscriptions
    where ended_at is null and contact_id in (select d.contact_id from due d join channels c on c.channels = d.channels and c.channel = 'push')
) s
where s.address is not null
    and not exists (select 1 from delivery.suppressions x where x.channel = 'push' and x.address_hash = rl_sha256(s.address) and x.reason = 'hard_bounce')
qualify row_number() over (partition by s.contact_id order by s.subscribed_at desc, s.endpoint) = 1;

-- The channels each due message may take, best first, with the contact's address on each.
create or replace temp table options as
select
    d.message_key, d.contact_id, c.channel, case when c.answered_first and c.channel = f.preferred_channel then -1 else c.place end as place, d.topic, d.category, d.due_at,
    case c.channel
        when 'email' then f.email
        when 'sms' then case when g.channel is null or p.fault is null then p.phone end
        when 'call_list' then case when g.channel is null or p.fault is null then p.phone end
        when 'push' then b.address
        else d.contact_id
    end as address,
    case when g.channel is not null then p.fault end as fault,
    f.order_count
from due d
join channels c on c.channels = d.channels
left join people f on f.contact_id = d.contact_id
left join phones p on p.contact_id = d.contact_id
left join judged_channels g on g.channel = c.channel
left join pushable b on b.contact_id = d.contact_id;

-- The standing consent of the contacts concerned: the last word per channel on the topic or on all topics; a withdrawal
-- wins over a consent of the same instant. A basis of existing_customer needs an order that stands.
create or replace temp table standing_consents as
select o.message_key, o.channel, s.granted, s.basis, s.occurred_at as since
from options o
join shop.consents s on s.contact_id = o.contact_id and s.channel = o.channel and s.topic in (o.topic, 'all')
qualify row_number() over (
    partition by o.message_key, o.channel
    order by s.occurred_at desc, case when s.granted then 1 else 0 end, s.topic, s.basis
) = 1;

-- Options whose address nobody may write to. A later opt-in lifts an unsubscription; nothing lifts a bounce. No to pushes is kept
-- under the contact, whichever browser they have today.
create or replace temp table suppressed_options as
select distinct o.message_key, o.channel
from (
    select message_key, channel, category, topic, rl_sha256(address) as address_hash, true as own from options where address is not null
    union all
    select message_key, channel, category, topic, rl_sha256(contact_id), false from options where channel = 'push' and address is not null
) o
join delivery.suppressions x on x.channel = o.channel and x.address_hash = o.address_hash
left join standing_consents s on s.message_key = o.message_key and s.channel = o.channel
where x.reason = 'manual'
    or (o.own and x.reason = 'hard_bounce')
    or (o.category = 'marketing' and x.reason = 'complaint')
    or (o.category = 'marketing' and x.reason = 'unsubscribed' and coalesce(x.topic, o.topic) = o.topic
        and not coalesce(s.granted and s.basis = 'opt_in' and s.since > x.since, false));

-- Why each option is impossible; null where it is not.
create or replace temp table judged_options as
select
    o.message_key, o.channel, o.place, o.address, o.fault, s.basis,
    case
        when o.address is null then 'unreachable'
        when x.message_key is not null then 'suppressed'
        when o.category = 'transactional' then null
        when coalesce(s.granted, false) and (s.basis = 'opt_in' or (s.basis = 'existing_customer' and o.order_count > 0)) then null
        else 'no_consent'
    end as impossible
from options o
left join standing_consents s on s.message_key = o.message_key and s.channel = o.channel
left join suppressed_options x on x.message_key = o.message_key and x.channel = o.channel;
