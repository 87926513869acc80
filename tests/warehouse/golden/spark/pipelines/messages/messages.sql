SELECT
  s.message_key,
  s.activity,
  s.triggered_at,
  s.trigger_data,
  s.order_id,
  s.cart_id,
  s.product_id,
  c.contact_id,
  c.email,
  c.phone,
  c.first_name,
  c.last_name,
  c.birth_date,
  c.country,
  c.timezone,
  c.created_at,
  c.attributes,
  (
    'r' || SUBSTRING(RL_SHA256('referral:' || c.contact_id), 1, 16)
  ) AS referral_code,
  COALESCE(f.order_count, 0) AS order_count,
  f.last_order_at,
  f.favourite_category,
  o.offer,
  o.code,
  o.valid_until,
  e.event_id,
  e.name AS event_name,
  e.starts_at,
  e.ends_at,
  e.url AS event_url,
  u.subscription_id,
  u.plan,
  u.started_at,
  u.expires_at
FROM render_subjects AS s
JOIN shop.contacts AS c
  ON c.contact_id = s.contact_id
LEFT JOIN facts.contacts AS f
  ON f.contact_id = s.contact_id
LEFT JOIN (
  SELECT
    message_key,
    offer,
    code,
    valid_until
  FROM (
    SELECT
      b.message_key,
      k.offer,
      k.code,
      k.valid_until,
      ROW_NUMBER() OVER (PARTITION BY b.message_key ORDER BY k.given_at DESC, k.offer NULLS LAST) AS _w
    FROM render_subjects AS b
    JOIN journeys.codes AS k
      ON k.enrolment_id = b.enrolment_id AND NOT k.code IS NULL
  ) AS _t
  WHERE
    _w = 1
) AS o
  ON o.message_key = s.message_key
LEFT JOIN shop.calendar_events AS e
  ON e.event_id = s.event_id
LEFT JOIN shop.subscriptions AS u
  ON u.subscription_id = s.subscription_id;
