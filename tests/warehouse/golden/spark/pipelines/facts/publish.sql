SELECT
  *
FROM facts.stored_contacts
WHERE
  contact_no IN (
    SELECT
      contact_no
    FROM touched_contacts
  );

SELECT
  1
FROM facts.stored_contacts
WHERE
  contact_no IN (
    SELECT
      contact_no
    FROM touched_contacts
  );

SELECT
  t.contact_id,
  CASE WHEN c.contact_id IS NULL THEN COALESCE(b.known, FALSE) ELSE c.known END AS known,
  CASE WHEN c.contact_id IS NULL THEN b.email ELSE c.email END AS email,
  CASE WHEN c.contact_id IS NULL THEN b.country ELSE c.country END AS country,
  CASE WHEN c.contact_id IS NULL THEN b.locale ELSE COALESCE(c.locale, :locale) END AS locale,
  CASE WHEN c.contact_id IS NULL THEN b.timezone ELSE COALESCE(c.timezone, :zone) END AS timezone,
  CASE WHEN c.contact_id IS NULL THEN b.birth_date ELSE c.birth_date END AS birth_date,
  CASE WHEN c.contact_id IS NULL THEN b.created_at ELSE c.created_at END AS created_at,
  LEAST(CASE WHEN o.anew THEN NULL ELSE b.first_order_at END, o.first_order_at) AS first_order_at,
  GREATEST(CASE WHEN o.anew THEN NULL ELSE b.last_order_at END, o.last_order_at) AS last_order_at,
  GREATEST(
    CASE WHEN o.anew THEN NULL ELSE b.last_order_on END,
    CASE
      WHEN o.last_order_at < d.turns_at
      THEN d.day
      ELSE DATE_ADD(CAST(d.day AS DATE), CAST(1 AS INT))
    END
  ) AS last_order_on,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.order_count, 0) END + COALESCE(o.order_count, 0) AS order_count,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.gross_revenue, 0) END + COALESCE(o.gross_revenue, 0) AS gross_revenue,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.refunded, 0) END + COALESCE(o.refunded, 0) AS refunded,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.orders_30d, 0) END + COALESCE(o.orders_30d, 0) AS orders_30d,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.orders_90d, 0) END + COALESCE(o.orders_90d, 0) AS orders_90d,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.orders_365d, 0) END + COALESCE(o.orders_365d, 0) AS orders_365d,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.revenue_30d, 0) END + COALESCE(o.revenue_30d, 0) AS revenue_30d,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.revenue_90d, 0) END + COALESCE(o.revenue_90d, 0) AS revenue_90d,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.revenue_365d, 0) END + COALESCE(o.revenue_365d, 0) AS revenue_365d,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.items_bought, 0) END + COALESCE(o.items_bought, 0) AS items_bought,
  GREATEST(
    CASE WHEN o.anew THEN 0 ELSE COALESCE(b.largest_quantity, 0) END,
    COALESCE(o.largest_quantity, 0)
  ) AS largest_quantity,
  CASE WHEN o.anew THEN 0 ELSE COALESCE(b.discounted_orders, 0) END + COALESCE(o.discounted_orders, 0) AS discounted_orders,
  CASE
    WHEN i.contact_id IS NULL
    THEN b.favourite_category
    ELSE i.favourite_category
  END AS favourite_category,
  CASE WHEN i.contact_id IS NULL THEN b.top_interests ELSE i.top_interests END AS top_interests,
  CASE WHEN v.anew THEN 0 ELSE COALESCE(b.sessions_30d, 0) END + COALESCE(v.sessions_30d, 0) AS sessions_30d,
  GREATEST(CASE WHEN v.anew THEN NULL ELSE b.last_session_at END, v.last_session_at) AS last_session_at,
  CASE WHEN e.anew THEN 0 ELSE COALESCE(b.product_views_30d, 0) END + COALESCE(e.product_views_30d, 0) AS product_views_30d,
  GREATEST(CASE WHEN e.anew THEN NULL ELSE b.last_cart_at END, e.last_cart_at) AS last_cart_at,
  GREATEST(CASE WHEN e.anew THEN NULL ELSE b.last_quote_at END, e.last_quote_at) AS last_quote_at,
  (
    NOT COALESCE(e.anew, FALSE) AND COALESCE(b.has_account, FALSE)
  )
  OR COALESCE(e.has_account, FALSE) AS has_account,
  CASE WHEN m.anew THEN 0 ELSE COALESCE(b.messages_180d, 0) END + COALESCE(m.messages_180d, 0) AS messages_180d,
  CASE WHEN m.anew THEN 0 ELSE COALESCE(b.opens_90d, 0) END + COALESCE(m.opens_90d, 0) AS opens_90d,
  CASE WHEN m.anew THEN 0 ELSE COALESCE(b.clicks_90d, 0) END + COALESCE(m.clicks_90d, 0) AS clicks_90d,
  GREATEST(CASE WHEN m.anew THEN NULL ELSE b.last_open_at END, m.last_open_at) AS last_open_at,
  GREATEST(CASE WHEN m.anew THEN NULL ELSE b.last_click_at END, m.last_click_at) AS last_click_at,
  CASE WHEN p.anew THEN :initial_score ELSE COALESCE(b.lead_score, :initial_score) END + COALESCE(p.points, 0) AS lead_score,
  CASE WHEN a.contact_id IS NULL THEN b.preferred_channel ELSE a.preferred_channel END AS preferred_channel,
  CASE WHEN s.contact_id IS NULL THEN b.email_basis ELSE s.email_basis END AS email_basis,
  CASE WHEN s.contact_id IS NULL THEN b.sms_basis ELSE s.sms_basis END AS sms_basis,
  CASE WHEN s.contact_id IS NULL THEN b.push_basis ELSE s.push_basis END AS push_basis,
  CASE WHEN s.contact_id IS NULL THEN b.newsletter_basis ELSE s.newsletter_basis END AS newsletter_basis,
  t.contact_no,
  CASE WHEN x.contact_id IS NULL THEN b.attributes ELSE x.attributes END AS attributes
FROM touched_contacts AS t
LEFT JOIN contacts_before AS b
  ON b.contact_no = t.contact_no
LEFT JOIN counted_contacts AS c
  ON c.contact_id = t.contact_id
LEFT JOIN changed_orders AS o
  ON o.contact_id = t.contact_id
LEFT JOIN days_of_orders AS d
  ON d.utc_on = CAST(o.last_order_at AS DATE)
LEFT JOIN changed_interests AS i
  ON i.contact_id = t.contact_id
LEFT JOIN changed_sessions AS v
  ON v.contact_id = t.contact_id
LEFT JOIN changed_site_events AS e
  ON e.contact_id = t.contact_id
LEFT JOIN changed_message_events AS m
  ON m.contact_id = t.contact_id
LEFT JOIN changed_points AS p
  ON p.contact_id = t.contact_id
LEFT JOIN changed_channels AS a
  ON a.contact_id = t.contact_id
LEFT JOIN changed_consents AS s
  ON s.contact_id = t.contact_id
LEFT JOIN changed_attributes AS x
  ON x.contact_id = t.contact_id;
