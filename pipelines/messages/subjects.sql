-- What each message speaks about: the ids that its trigger carries. An activity of the site has an event_id of its own;
-- only with a registration, or a beginning, is it that of an event people attend.
create or replace temp table render_subjects as
select
    message_key, template, contact_id, enrolment_id, activity, triggered_at, trigger_data,
    rl_json(trigger_data, 'order_id') as order_id,
    rl_json(trigger_data, 'cart_id') as cart_id,
    rl_json(trigger_data, 'product_id') as product_id,
    case
        when coalesce(rl_json(trigger_data, 'registration_id'), rl_json(trigger_data, 'starts_at')) is not null then rl_json(trigger_data, 'event_id')
    end as event_id,
    rl_json(trigger_data, 'subscription_id') as subscription_id
from render_triggers;
