SELECT
  *
FROM raw.contacts
WHERE
  created_at IS NULL OR created_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.consents
WHERE
  occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.products
WHERE
  valid_from < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  product_id,
  name,
  category,
  url,
  image_url,
  price,
  currency,
  stock,
  valid_from,
  loaded_from,
  loaded_at,
  corrected_at
FROM (
  SELECT
    product_id,
    name,
    category,
    url,
    image_url,
    price,
    currency,
    stock,
    valid_from,
    loaded_from,
    loaded_at,
    corrected_at,
    ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY valid_from DESC) AS _w
  FROM shop.products
) AS _t
WHERE
  _w = 1;

SELECT
  order_id,
  contact_id,
  cart_id,
  ordered_at,
  CASE
    WHEN cancelled_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN 'placed'
    ELSE status
  END AS status,
  total,
  currency,
  coupon_code,
  CASE
    WHEN shipped_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN shipped_at
  END AS shipped_at,
  CASE
    WHEN shipped_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN tracking_url
  END AS tracking_url,
  expected_delivery_on,
  CASE
    WHEN delivered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN delivered_at
  END AS delivered_at,
  CASE
    WHEN cancelled_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN cancelled_at
  END AS cancelled_at,
  loaded_from,
  loaded_at,
  corrected_at
FROM raw.orders
WHERE
  ordered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  l.*
FROM raw.order_lines AS l
JOIN raw.orders AS o
  ON o.order_id = l.order_id
  AND o.ordered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  l.order_id,
  l.line_no,
  o.contact_id,
  o.ordered_at,
  l.product_id,
  l.quantity,
  l.unit_price
FROM raw.order_lines AS l
JOIN raw.orders AS o
  ON o.order_id = l.order_id
  AND o.ordered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  AND COALESCE(o.cancelled_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ), TRUE);

SELECT
  *
FROM raw.refunds
WHERE
  refunded_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  session_id,
  visitor_id,
  contact_id,
  started_at,
  CASE WHEN ended_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) THEN ended_at END AS ended_at,
  page_views,
  source,
  device,
  loaded_from,
  loaded_at,
  corrected_at
FROM raw.sessions
WHERE
  started_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.site_events
WHERE
  occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  l.*
FROM raw.cart_lines AS l
JOIN raw.site_events AS e
  ON e.event_id = l.event_id
  AND e.occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.message_events
WHERE
  occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  AND NOT (
    kind = 'clicked' AND STARTSWITH(LOWER(COALESCE(reason, '')), 'machine')
  );

SELECT
  *
FROM raw.calendar_events;

SELECT
  registration_id,
  event_id,
  contact_id,
  registered_at,
  CASE
    WHEN ticket_sent_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN ticket_sent_at
  END AS ticket_sent_at,
  status,
  loaded_from,
  loaded_at,
  corrected_at
FROM raw.registrations
WHERE
  registered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  subscription_id,
  contact_id,
  plan,
  started_at,
  expires_at,
  CASE
    WHEN renewed_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN renewed_at
  END AS renewed_at,
  CASE
    WHEN cancelled_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN cancelled_at
  END AS cancelled_at,
  loaded_from,
  loaded_at,
  corrected_at
FROM raw.subscriptions
WHERE
  started_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.survey_responses
WHERE
  occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.referrals
WHERE
  occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  (
    'r' || SUBSTRING(RL_SHA256('referral:' || contact_id), 1, 16)
  ) AS referral_code,
  contact_id
FROM shop.contacts;

SELECT
  *
FROM raw.stock_requests
WHERE
  requested_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  s.offer,
  s.code,
  COALESCE(g.contact_id, s.contact_id) AS contact_id,
  COALESCE(g.message_key, s.message_key) AS message_key,
  COALESCE(g.valid_until, s.valid_until) AS valid_until,
  COALESCE(
    CASE
      WHEN s.redeemed_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
      THEN s.redeemed_at
    END,
    o.ordered_at
  ) AS redeemed_at,
  s.loaded_from,
  s.loaded_at,
  CASE
    WHEN s.redeemed_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN s.corrected_at
    ELSE COALESCE(o.loaded_at, s.corrected_at)
  END AS corrected_at
FROM raw.offer_codes AS s
LEFT JOIN journeys.codes AS g
  ON g.offer = s.offer
  AND g.code = s.code
  AND g.as_of <= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
LEFT JOIN (
  SELECT
    UPPER(coupon_code) AS coupon_code,
    MIN(ordered_at) AS ordered_at,
    MIN(loaded_at) AS loaded_at
  FROM raw.orders
  WHERE
    NOT coupon_code IS NULL
    AND ordered_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  GROUP BY
    UPPER(coupon_code)
) AS o
  ON o.coupon_code = UPPER(s.code);

SELECT
  *
FROM raw.product_relations;

SELECT
  contact_id,
  tag,
  added_at,
  CASE
    WHEN removed_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    THEN removed_at
  END AS removed_at,
  source,
  loaded_from,
  loaded_at,
  corrected_at
FROM raw.contact_tags
WHERE
  added_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  endpoint,
  contact_id,
  p256dh,
  auth,
  subscribed_at,
  CASE WHEN ended_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) THEN ended_at END AS ended_at,
  loaded_from,
  loaded_at,
  corrected_at
FROM raw.push_subscriptions
WHERE
  subscribed_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  *
FROM raw.custom_events
WHERE
  occurred_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ);

SELECT
  c.contact_id,
  c.email,
  c.country,
  c.locale,
  c.timezone,
  c.birth_date,
  c.created_at,
  c.first_order_at,
  c.last_order_at,
  DATEDIFF(CAST(s.day AS DATE), CAST(c.last_order_on AS DATE)) AS days_since_order,
  c.order_count,
  CAST(c.gross_revenue - c.refunded AS DECIMAL(18, 2)) AS revenue,
  c.gross_revenue,
  CAST(c.gross_revenue / NULLIF(c.order_count, 0) AS DECIMAL(18, 2)) AS average_order_value,
  c.orders_30d,
  c.orders_90d,
  c.orders_365d,
  c.revenue_30d,
  c.revenue_90d,
  c.revenue_365d,
  c.items_bought,
  c.largest_quantity,
  CASE
    WHEN c.order_count > 1
    THEN CAST(FLOOR(
      (
        UNIX_MICROS(CAST(c.last_order_at AS TIMESTAMP)) - UNIX_MICROS(CAST(c.first_order_at AS TIMESTAMP))
      ) / 1000000
    ) AS BIGINT) / 86400 / NULLIF(c.order_count - 1, 0)
  END AS average_gap_days,
  c.discounted_orders,
  c.discounted_orders / NULLIF(c.order_count, 0) AS discount_share,
  c.favourite_category,
  c.top_interests,
  c.sessions_30d,
  c.last_session_at,
  c.product_views_30d,
  c.last_cart_at,
  c.last_quote_at,
  c.has_account,
  c.messages_180d,
  c.opens_90d,
  c.clicks_90d,
  c.last_open_at,
  c.last_click_at,
  CASE
    WHEN GREATEST(c.last_click_at, c.last_session_at, c.last_order_at) >= s.since_30d
    THEN 'active'
    WHEN GREATEST(c.last_click_at, c.last_session_at, c.last_order_at) >= s.since_90d
    THEN 'recent'
    WHEN GREATEST(c.last_click_at, c.last_session_at, c.last_order_at) >= s.since_180d
    THEN 'at_risk'
    ELSE 'inactive'
  END AS engagement,
  c.lead_score,
  c.preferred_channel,
  CASE WHEN c.email_basis = 'opt_in' OR c.order_count > 0 THEN c.email_basis END AS email_consent,
  CASE WHEN c.sms_basis = 'opt_in' OR c.order_count > 0 THEN c.sms_basis END AS sms_consent,
  CASE WHEN c.push_basis = 'opt_in' OR c.order_count > 0 THEN c.push_basis END AS push_consent,
  NOT c.newsletter_basis IS NULL
  AND (
    c.newsletter_basis = 'opt_in' OR c.order_count > 0
  ) AS newsletter
FROM facts.stored_contacts AS c
CROSS JOIN facts.state AS s
WHERE
  c.known;

SELECT
  i.contact_id,
  i.category,
  i.visited,
  i.clicked,
  i.bought,
  i.tagged
FROM facts.stored_interests AS i
WHERE
  i.contact_id IN (
    SELECT
      contact_id
    FROM facts.stored_contacts
    WHERE
      known
  );

SELECT
  a.contact_id,
  a.attribute,
  a.value,
  a.answered_at,
  a.activity,
  a.activity_id
FROM facts.stored_attributes AS a
WHERE
  a.contact_id IN (
    SELECT
      contact_id
    FROM facts.stored_contacts
    WHERE
      known
  );

SELECT
  a.contact_id,
  a.channel,
  a.answers
FROM facts.stored_channels AS a
WHERE
  a.contact_id IN (
    SELECT
      contact_id
    FROM facts.stored_contacts
    WHERE
      known
  );

SELECT
  t.product_id,
  t.related_id,
  t.support,
  t.confidence,
  t.lift,
  t.place
FROM facts.stored_together AS t;
