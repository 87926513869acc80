-- Which basis each contact's consents stand on, by channel. The latest word counts, on a topic or on all topics; at the
-- same instant a withdrawal wins. Opt-in is the widest basis: it also comes last in the alphabet of the two that count.
create or replace temp table changed_consents as
with latest as (
    select contact_id, channel, topic, max(occurred_at) as occurred_at, arg_max(case when granted then basis else 'withdrawn' end, occurred_at) as basis
    from counted_consents group by contact_id, channel, topic
), standing as (
    select
        l.contact_id, l.channel, l.topic,
        case when a.occurred_at > l.occurred_at or (a.occurred_at = l.occurred_at and a.basis = 'withdrawn') then a.basis else l.basis end as basis
    from latest l
    left join latest a on a.contact_id = l.contact_id and a.channel = l.channel and a.topic = 'all'
), bases as (
    select contact_id, channel, topic, case when basis in ('opt_in', 'existing_customer') then basis end as basis from standing
    union all
    select contact_id, '', '', null from recounted where block = 'consents'
)
select
    contact_id,
    max(case when channel = 'email' then basis end) as email_basis,
    max(case when channel = 'sms' then basis end) as sms_basis,
    max(case when channel = 'push' then basis end) as push_basis,
    case
        when count(case when channel = 'email' and topic = 'newsletter' then 1 end) > 0 then max(case when channel = 'email' and topic = 'newsletter' then basis end)
        else max(case when channel = 'email' and topic = 'all' then basis end)
    end as newsletter_basis
from bases group by contact_id;
