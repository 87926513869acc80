-- One row per message: the contact, what is known of it, the trigger, and the ids of what the message speaks about.
select
    s.message_key, s.activity, s.triggered_at, s.trigger_data, s.order_id, s.cart_id, s.product_id,
    c.contact_id, c.email, c.phone, c.first_name, c.last_name, c.birth_date, c.country, c.timezone, c.created_at, c.attributes,
    rl_referral_code(c.contact_id) as referral_code,
    coalesce(f.order_count, 0) as order_count, f.last_order_at, f.favourite_category,
    o.offer, o.code, o.valid_until,
    e.event_id, e.name as event_name, e.starts_at, e.ends_at, e.url as event_url,
    u.subscription_id, u.plan, u.started_at, u.expires_at
from render_subjects s
join shop.contacts c on c.contact_id = s.contact_id
left join facts.contacts f on f.contact_id = s.contact_id
left join (
    select b.message_key, k.offer, k.code, k.valid_until
    from render_subjects b
    join journeys.codes k on k.enrolment_id = b.enrolment_id and k.code is not null
    qualify row_number() over (partition by b.message_key order by k.given_at desc, k.offer) = 1
) o on o.message_key = s.message_key
left join shop.calendar_events e on e.event_id = s.event_id
left join shop.subscriptions u on u.subscription_id = s.subscription_id;
