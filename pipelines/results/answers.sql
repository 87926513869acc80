-- How the messages handed over in the 30 days before the tick were answered, per scenario and channel. Each message counts
-- once, however often it was opened or clicked; only e-mails are seen to be opened. An opening whose reason starts with
-- `machine` was no person's, and a click on the way out shows no interest.
with handed_over as (
    select distinct message_key from delivery.sends
    where state = 'accepted' and changed_at >= rl_add_seconds($as_of, -2592000) and changed_at < $as_of
),
answers as (
    select
        e.message_key,
        bool_or(e.kind = 'opened') as opened,
        bool_or(e.kind = 'opened' and not starts_with(lower(coalesce(e.reason, '')), 'machine')) as opened_by_person,
        bool_or(
            e.kind = 'clicked'
            and not coalesce(e.url like replace(replace(replace($way_out, '{message_key}', e.message_key), '{contact_id}', '%'), '{token}', '%') || '%', false)
        ) as clicked
    from shop.message_events e
    where e.kind in ('opened', 'clicked') and e.occurred_at >= rl_add_seconds($as_of, -2592000)
        and e.message_key in (select message_key from handed_over)
    group by e.message_key
),
counted as (
    select
        m.scenario, m.channel, count(*) as handed_over,
        case when m.channel = 'email' then count(case when a.opened_by_person then 1 end) end as opened,
        case when m.channel = 'email' then count(case when a.opened and not a.opened_by_person then 1 end) end as opened_by_machine,
        count(case when a.clicked then 1 end) as clicked
    from handed_over h
    join outbox.messages m on m.message_key = h.message_key
    left join answers a on a.message_key = h.message_key
    group by m.scenario, m.channel
)
select
    scenario, channel, handed_over, opened, opened_by_machine, clicked,
    opened / nullif(handed_over, 0) as opened_of_handed_over, clicked / nullif(handed_over, 0) as clicked_of_handed_over
from counted
order by scenario, channel;
