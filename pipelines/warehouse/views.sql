-- What everybody reads: the contract as it stood at `as_of()`. A fact dated at or after it does not exist yet; a date
-- filled in later (shipped, cancelled, redeemed) is still null. A contact's own attributes are those of now.

create or replace view shop.contacts as
select * from raw.contacts where created_at is null or created_at < as_of();

create or replace view shop.consents as
select * from raw.consents where occurred_at < as_of();

create or replace view shop.products as
select * from raw.products where valid_from < as_of();

-- The card of each product that is true at as_of().
create or replace view shop.current_products as
select
    product_id, name, category, url, image_url, price, currency, stock, valid_from, loaded_from, loaded_at, corrected_at
from shop.products
qualify row_number() over (partition by product_id order by valid_from desc) = 1;

create or replace view shop.orders as
select
    order_id, contact_id, cart_id, ordered_at,
    case when cancelled_at >= as_of() then 'placed' else status end as status,
    total, currency, coupon_code,
    case when shipped_at < as_of() then shipped_at end as shipped_at,
    case when shipped_at < as_of() then tracking_url end as tracking_url,
    expected_delivery_on,
    case when delivered_at < as_of() then delivered_at end as delivered_at,
    case when cancelled_at < as_of() then cancelled_at end as cancelled_at,
    loaded_from, loaded_at, corrected_at
from raw.orders where ordered_at < as_of();

create or replace view shop.order_lines as
select l.* from raw.order_lines l
join raw.orders o on o.order_id = l.order_id and o.ordered_at < as_of();

-- Each line of an order that is not cancelled, with who bought it and when: what segments of products need, in one join.
create or replace view shop.purchases as
select l.order_id, l.line_no, o.contact_id, o.ordered_at, l.product_id, l.quantity, l.unit_price
from raw.order_lines l
join raw.orders o on o.order_id = l.order_id and o.ordered_at < as_of() and coalesce(o.cancelled_at >= as_of(), true);

create or replace view shop.refunds as
select * from raw.refunds where refunded_at < as_of();

create or replace view shop.sessions as
select
    session_id, visitor_id, contact_id, started_at,
    case when ended_at < as_of() then ended_at end as ended_at,
    page_views, source, device, loaded_from, loaded_at, corrected_at
from raw.sessions where started_at < as_of();

create or replace view shop.site_events as
select * from raw.site_events where occurred_at < as_of();

create or replace view shop.cart_lines as
select l.* from raw.cart_lines l
join raw.site_events e on e.event_id = l.event_id and e.occurred_at < as_of();

-- A click of which the provider says that a machine made it (a mail scanner follows links before anybody reads) is none.
create or replace view shop.message_events as
select * from raw.message_events
where occurred_at < as_of() and not (kind = 'clicked' and starts_with(lower(coalesce(reason, '')), 'machine'));

create or replace view shop.calendar_events as
select * from raw.calendar_events;

create or replace view shop.registrations as
select
    registration_id, event_id, contact_id, registered_at,
    case when ticket_sent_at < as_of() then ticket_sent_at end as ticket_sent_at,
    status, loaded_from, loaded_at, corrected_at
from raw.registrations where registered_at < as_of();

create or replace view shop.subscriptions as
select
    subscription_id, contact_id, plan, started_at, expires_at,
    case when renewed_at < as_of() then renewed_at end as renewed_at,
    case when cancelled_at < as_of() then cancelled_at end as cancelled_at,
    loaded_from, loaded_at, corrected_at
from raw.subscriptions where started_at < as_of();

create or replace view shop.survey_responses as
select * from raw.survey_responses where occurred_at < as_of();

create or replace view shop.referrals as
select * from raw.referrals where occurred_at < as_of();

-- Whose link a friend came by: what the shop's page of referrals looks up.
create or replace view shop.referral_codes as
select rl_referral_code(contact_id) as referral_code, contact_id from shop.contacts;

create or replace view shop.stock_requests as
select * from raw.stock_requests where requested_at < as_of();

-- Codes as the shop brings them, with whom scenarios gave them to. Used by what the shop says, or else since the first order that carries one.
create or replace view shop.offer_codes as
select
    s.offer, s.code, coalesce(g.contact_id, s.contact_id) as contact_id, coalesce(g.message_key, s.message_key) as message_key,
    coalesce(g.valid_until, s.valid_until) as valid_until,
    coalesce(case when s.redeemed_at < as_of() then s.redeemed_at end, o.ordered_at) as redeemed_at,
    s.loaded_from, s.loaded_at,
    case when s.redeemed_at < as_of() then s.corrected_at else coalesce(o.loaded_at, s.corrected_at) end as corrected_at
from raw.offer_codes s
left join journeys.codes g on g.offer = s.offer and g.code = s.code and g.as_of <= as_of()
left join (
    select upper(coupon_code) as coupon_code, min(ordered_at) as ordered_at, min(loaded_at) as loaded_at
    from raw.orders where coupon_code is not null and ordered_at < as_of()
    group by upper(coupon_code)
) o on o.coupon_code = upper(s.code);

create or replace view shop.product_relations as
select * from raw.product_relations;

create or replace view shop.contact_tags as
select
    contact_id, tag, added_at,
    case when removed_at < as_of() then removed_at end as removed_at,
    source, loaded_from, loaded_at, corrected_at
from raw.contact_tags where added_at < as_of();

create or replace view shop.push_subscriptions as
select
    endpoint, contact_id, p256dh, auth, subscribed_at,
    case when ended_at < as_of() then ended_at end as ended_at,
    loaded_from, loaded_at, corrected_at
from raw.push_subscriptions where subscribed_at < as_of();

create or replace view shop.custom_events as
select * from raw.custom_events where occurred_at < as_of();

-- What is known about each contact as of the last tick. What a new day alone changes (recency, engagement) or what
-- follows from counts is worked out here, so that a contact to whom nothing happened keeps its stored row.
create or replace view facts.contacts as
select
    c.contact_id, c.email, c.country, c.locale, c.timezone, c.birth_date, c.created_at,
    c.first_order_at, c.last_order_at,
    rl_days(c.last_order_on, s.day) as days_since_order,
    c.order_count,
    cast(c.gross_revenue - c.refunded as decimal(18, 2)) as revenue,
    c.gross_revenue,
    cast(c.gross_revenue / nullif(c.order_count, 0) as decimal(18, 2)) as average_order_value,
    c.orders_30d, c.orders_90d, c.orders_365d, c.revenue_30d, c.revenue_90d, c.revenue_365d,
    c.items_bought, c.largest_quantity,
    case when c.order_count > 1 then rl_seconds(c.first_order_at, c.last_order_at) / 86400 / nullif(c.order_count - 1, 0) end as average_gap_days,
    c.discounted_orders,
    c.discounted_orders / nullif(c.order_count, 0) as discount_share,
    c.favourite_category, c.top_interests,
    c.sessions_30d, c.last_session_at, c.product_views_30d, c.last_cart_at, c.last_quote_at, c.has_account,
    c.messages_180d, c.opens_90d, c.clicks_90d, c.last_open_at, c.last_click_at,
    case
        when greatest(c.last_click_at, c.last_session_at, c.last_order_at) >= s.since_30d then 'active'
        when greatest(c.last_click_at, c.last_session_at, c.last_order_at) >= s.since_90d then 'recent'
        when greatest(c.last_click_at, c.last_session_at, c.last_order_at) >= s.since_180d then 'at_risk'
        else 'inactive'
    end as engagement,
    c.lead_score, c.preferred_channel,
    case when c.email_basis = 'opt_in' or c.order_count > 0 then c.email_basis end as email_consent,
    case when c.sms_basis = 'opt_in' or c.order_count > 0 then c.sms_basis end as sms_consent,
    case when c.push_basis = 'opt_in' or c.order_count > 0 then c.push_basis end as push_consent,
    c.newsletter_basis is not null and (c.newsletter_basis = 'opt_in' or c.order_count > 0) as newsletter
from facts.stored_contacts c
cross join facts.state s
where c.known;

-- The categories each contact has touched, as of the last tick.
create or replace view facts.interests as
select i.contact_id, i.category, i.visited, i.clicked, i.bought, i.tagged
from facts.stored_interests i
where i.contact_id in (select contact_id from facts.stored_contacts where known);

-- The declared attributes of each contact and where they come from, as of the last tick.
create or replace view facts.attributes as
select a.contact_id, a.attribute, a.value, a.answered_at, a.activity, a.activity_id
from facts.stored_attributes a
where a.contact_id in (select contact_id from facts.stored_contacts where known);

-- The channels each contact has answered on, as of the last tick.
create or replace view facts.channels as
select a.contact_id, a.channel, a.answers
from facts.stored_channels a
where a.contact_id in (select contact_id from facts.stored_contacts where known);

-- What is bought together, as of the first tick of the day. Empty where neither a template nor a segment asks for it.
create or replace view facts.bought_together as
select t.product_id, t.related_id, t.support, t.confidence, t.lift, t.place
from facts.stored_together t;
