-- What was known before of everybody something changed for.
create or replace temp table contacts_before as
select * from facts.stored_contacts where contact_no in (select contact_no from touched_contacts);

delete from facts.stored_contacts where contact_no in (select contact_no from touched_contacts);

-- Before and change together.
insert into facts.stored_contacts
select
    t.contact_id,
    case when c.contact_id is null then coalesce(b.known, false) else c.known end as known,
    case when c.contact_id is null then b.email else c.email end as email,
    case when c.contact_id is null then b.country else c.country end as country,
    case when c.contact_id is null then b.locale else coalesce(c.locale, $locale) end as locale,
    case when c.contact_id is null then b.timezone else coalesce(c.timezone, $zone) end as timezone,
    case when c.contact_id is null then b.birth_date else c.birth_date end as birth_date,
    case when c.contact_id is null then b.created_at else c.created_at end as created_at,
    least(case when o.anew then null else b.first_order_at end, o.first_order_at) as first_order_at,
    greatest(case when o.anew then null else b.last_order_at end, o.last_order_at) as last_order_at,
    greatest(case when o.anew then null else b.last_order_on end, case when o.last_order_at < d.turns_at then d.day else rl_add_days(d.day, 1) end) as last_order_on,
    case when o.anew then 0 else coalesce(b.order_count, 0) end + coalesce(o.order_count, 0) as order_count,
    case when o.anew then 0 else coalesce(b.gross_revenue, 0) end + coalesce(o.gross_revenue, 0) as gross_revenue,
    case when o.anew then 0 else coalesce(b.refunded, 0) end + coalesce(o.refunded, 0) as refunded,
    case when o.anew then 0 else coalesce(b.orders_30d, 0) end + coalesce(o.orders_30d, 0) as orders_30d,
    case when o.anew then 0 else coalesce(b.orders_90d, 0) end + coalesce(o.orders_90d, 0) as orders_90d,
    case when o.anew then 0 else coalesce(b.orders_365d, 0) end + coalesce(o.orders_365d, 0) as orders_365d,
    case when o.anew then 0 else coalesce(b.revenue_30d, 0) end + coalesce(o.revenue_30d, 0) as revenue_30d,
    case when o.anew then 0 else coalesce(b.revenue_90d, 0) end + coalesce(o.revenue_90d, 0) as revenue_90d,
    case when o.anew then 0 else coalesce(b.revenue_365d, 0) end + coalesce(o.revenue_365d, 0) as revenue_365d,
    case when o.anew then 0 else coalesce(b.items_bought, 0) end + coalesce(o.items_bought, 0) as items_bought,
    greatest(case when o.anew then 0 else coalesce(b.largest_quantity, 0) end, coalesce(o.largest_quantity, 0)) as largest_quantity,
    case when o.anew then 0 else coalesce(b.discounted_orders, 0) end + coalesce(o.discounted_orders, 0) as discounted_orders,
    case when i.contact_id is null then b.favourite_category else i.favourite_category end as favourite_category,
    case when i.contact_id is null then b.top_interests else i.top_interests end as top_interests,
    case when v.anew then 0 else coalesce(b.sessions_30d, 0) end + coalesce(v.sessions_30d, 0) as sessions_30d,
    greatest(case when v.anew then null else b.last_session_at end, v.last_session_at) as last_session_at,
    case when e.anew then 0 else coalesce(b.product_views_30d, 0) end + coalesce(e.product_views_30d, 0) as product_views_30d,
    greatest(case when e.anew then null else b.last_cart_at end, e.last_cart_at) as last_cart_at,
    greatest(case when e.anew then null else b.last_quote_at end, e.last_quote_at) as last_quote_at,
    (not coalesce(e.anew, false) and coalesce(b.has_account, false)) or coalesce(e.has_account, false) as has_account,
    case when m.anew then 0 else coalesce(b.messages_180d, 0) end + coalesce(m.messages_180d, 0) as messages_180d,
    case when m.anew then 0 else coalesce(b.opens_90d, 0) end + coalesce(m.opens_90d, 0) as opens_90d,
    case when m.anew then 0 else coalesce(b.clicks_90d, 0) end + coalesce(m.clicks_90d, 0) as clicks_90d,
    greatest(case when m.anew then null else b.last_open_at end, m.last_open_at) as last_open_at,
    greatest(case when m.anew then null else b.last_click_at end, m.last_click_at) as last_click_at,
    case when p.anew then $initial_score else coalesce(b.lead_score, $initial_score) end + coalesce(p.points, 0) as lead_score,
    case when a.contact_id is null then b.preferred_channel else a.preferred_channel end as preferred_channel,
    case when s.contact_id is null then b.email_basis else s.email_basis end as email_basis,
    case when s.contact_id is null then b.sms_basis else s.sms_basis end as sms_basis,
    case when s.contact_id is null then b.push_basis else s.push_basis end as push_basis,
    case when s.contact_id is null then b.newsletter_basis else s.newsletter_basis end as newsletter_basis,
    t.contact_no,
    case when x.contact_id is null then b.attributes else x.attributes end as attributes
from touched_contacts t
left join contacts_before b on b.contact_no = t.contact_no
left join counted_contacts c on c.contact_id = t.contact_id
left join changed_orders o on o.contact_id = t.contact_id
left join days_of_orders d on d.utc_on = cast(o.last_order_at as date)
left join changed_interests i on i.contact_id = t.contact_id
left join changed_sessions v on v.contact_id = t.contact_id
left join changed_site_events e on e.contact_id = t.contact_id
left join changed_message_events m on m.contact_id = t.contact_id
left join changed_points p on p.contact_id = t.contact_id
left join changed_channels a on a.contact_id = t.contact_id
left join changed_consents s on s.contact_id = t.contact_id
left join changed_attributes x on x.contact_id = t.contact_id;
