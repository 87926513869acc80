WITH before AS (
  SELECT
    contact_id,
    known,
    email,
    country,
    locale,
    timezone,
    birth_date,
    created_at
  FROM facts.stored_contacts
  WHERE
    contact_id IN (
      SELECT
        contact_id
      FROM recounted
      WHERE
        block = 'contacts'
    )
)
SELECT
  r.contact_id,
  NOT c.contact_id IS NULL AS known,
  c.email,
  c.country,
  c.locale,
  c.timezone,
  c.birth_date,
  c.created_at
FROM recounted AS r
LEFT JOIN shop.contacts AS c
  ON c.contact_id = r.contact_id
LEFT JOIN before AS b
  ON b.contact_id = r.contact_id
WHERE
  r.block = 'contacts'
  AND (
    COALESCE(b.known, FALSE) <> (
      NOT c.contact_id IS NULL
    )
    OR b.email IS DISTINCT FROM c.email
    OR b.country IS DISTINCT FROM c.country
    OR b.locale IS DISTINCT FROM COALESCE(c.locale, :locale)
    OR b.timezone IS DISTINCT FROM COALESCE(c.timezone, :zone)
    OR b.birth_date IS DISTINCT FROM c.birth_date
    OR b.created_at IS DISTINCT FROM c.created_at
  );

SELECT
  contact_id,
  known,
  email,
  country,
  locale,
  timezone,
  birth_date,
  created_at
FROM news_contacts;

WITH news AS (
  SELECT
    order_id,
    contact_id,
    ordered_at,
    total,
    coupon_code,
    loaded_at
  FROM shop.orders
  WHERE
    ordered_at >= :previous AND cancelled_at IS NULL
  UNION ALL
  SELECT
    order_id,
    contact_id,
    ordered_at,
    total,
    coupon_code,
    loaded_at
  FROM shop.orders
  WHERE
    ordered_at < :previous AND loaded_at > :previous AND cancelled_at IS NULL
)
SELECT
  n.order_id,
  n.contact_id,
  n.ordered_at,
  n.total,
  n.coupon_code,
  n.loaded_at
FROM news AS n
WHERE
  NOT n.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'orders' AND r.contact_id = n.contact_id
  )
UNION ALL
SELECT
  o.order_id,
  o.contact_id,
  o.ordered_at,
  o.total,
  o.coupon_code,
  o.loaded_at
FROM shop.orders AS o
WHERE
  o.cancelled_at IS NULL
  AND o.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'orders'
  );

SELECT
  order_id,
  contact_id,
  ordered_at,
  total,
  coupon_code
FROM news_orders;

SELECT
  order_id,
  product_id,
  quantity
FROM raw.order_lines
WHERE
  loaded_at > :previous;

SELECT
  l.order_id,
  l.product_id,
  l.quantity
FROM new_lines AS l
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM news_orders AS o
    WHERE
      o.order_id = l.order_id
  );

SELECT
  l.order_id,
  l.product_id,
  l.quantity
FROM raw.order_lines AS l
WHERE
  l.loaded_at <= :previous
  AND l.order_id IN (
    SELECT
      o.order_id
    FROM news_orders AS o
    WHERE
      o.loaded_at <= :previous
      OR o.order_id IN (
        SELECT
          order_id
        FROM facts.awaited_orders
      )
  );

SELECT
  o.contact_id,
  l.product_id,
  l.quantity
FROM news_orders AS o
JOIN (
  SELECT
    order_id,
    product_id,
    quantity
  FROM new_lines
  UNION ALL
  SELECT
    order_id,
    product_id,
    quantity
  FROM earlier_lines
) AS l
  ON l.order_id = o.order_id
UNION ALL
SELECT
  o.contact_id,
  l.product_id,
  l.quantity
FROM late_lines AS l
JOIN shop.orders AS o
  ON o.order_id = l.order_id
WHERE
  o.ordered_at < :previous
  AND o.loaded_at <= :previous
  AND o.cancelled_at IS NULL
  AND NOT o.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'orders' AND r.contact_id = o.contact_id
  );

SELECT
  1
FROM facts.awaited_orders
WHERE
  order_id IN (
    SELECT
      order_id
    FROM raw.orders
    WHERE
      loaded_at > :previous
  );

SELECT DISTINCT
  l.order_id
FROM late_lines AS l
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM raw.orders AS o
    WHERE
      o.order_id = l.order_id
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM facts.awaited_orders AS a
    WHERE
      a.order_id = l.order_id
  );

SELECT
  contact_id,
  product_id,
  quantity
FROM news_lines;

WITH news AS (
  SELECT
    contact_id,
    order_id,
    refunded_at,
    amount
  FROM shop.refunds
  WHERE
    refunded_at >= :previous
  UNION ALL
  SELECT
    contact_id,
    order_id,
    refunded_at,
    amount
  FROM shop.refunds
  WHERE
    refunded_at < :previous AND loaded_at > :previous
), counted AS (
  SELECT
    n.contact_id,
    n.order_id,
    n.refunded_at,
    n.amount
  FROM news AS n
  WHERE
    NOT n.contact_id IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM recounted AS r
      WHERE
        r.block = 'orders' AND r.contact_id = n.contact_id
    )
  UNION ALL
  SELECT
    f.contact_id,
    f.order_id,
    f.refunded_at,
    f.amount
  FROM shop.refunds AS f
  WHERE
    f.contact_id IN (
      SELECT
        contact_id
      FROM recounted
      WHERE
        block = 'orders'
    )
)
SELECT
  c.contact_id,
  c.refunded_at,
  c.amount
FROM counted AS c
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM shop.orders AS o
    WHERE
      o.order_id = c.order_id AND NOT o.cancelled_at IS NULL
  );

SELECT
  contact_id,
  refunded_at,
  amount
FROM news_refunds;

WITH news AS (
  SELECT
    contact_id,
    started_at
  FROM shop.sessions
  WHERE
    started_at >= :previous
  UNION ALL
  SELECT
    contact_id,
    started_at
  FROM shop.sessions
  WHERE
    started_at < :previous AND loaded_at > :previous
)
SELECT
  n.contact_id,
  n.started_at
FROM news AS n
WHERE
  NOT n.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'sessions' AND r.contact_id = n.contact_id
  )
UNION ALL
SELECT
  s.contact_id,
  s.started_at
FROM shop.sessions AS s
WHERE
  s.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'sessions'
  );

SELECT
  contact_id,
  started_at
FROM news_sessions;

WITH news AS (
  SELECT
    contact_id,
    occurred_at,
    name,
    product_id
  FROM shop.site_events
  WHERE
    occurred_at >= :previous
  UNION ALL
  SELECT
    contact_id,
    occurred_at,
    name,
    product_id
  FROM shop.site_events
  WHERE
    occurred_at < :previous AND loaded_at > :previous
)
SELECT
  n.contact_id,
  n.occurred_at,
  n.name,
  n.product_id
FROM news AS n
WHERE
  NOT n.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'site_events' AND r.contact_id = n.contact_id
  )
UNION ALL
SELECT
  e.contact_id,
  e.occurred_at,
  e.name,
  e.product_id
FROM shop.site_events AS e
WHERE
  e.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'site_events'
  );

SELECT
  contact_id,
  occurred_at,
  name,
  product_id
FROM news_site_events;

WITH news AS (
  SELECT
    contact_id,
    occurred_at,
    channel,
    kind,
    url
  FROM shop.message_events
  WHERE
    occurred_at >= :previous
  UNION ALL
  SELECT
    contact_id,
    occurred_at,
    channel,
    kind,
    url
  FROM shop.message_events
  WHERE
    occurred_at < :previous AND loaded_at > :previous
)
SELECT
  n.contact_id,
  n.occurred_at,
  n.channel,
  n.kind,
  n.url
FROM news AS n
WHERE
  NOT n.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'message_events' AND r.contact_id = n.contact_id
  )
UNION ALL
SELECT
  e.contact_id,
  e.occurred_at,
  e.channel,
  e.kind,
  e.url
FROM shop.message_events AS e
WHERE
  e.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'message_events'
  );

SELECT
  contact_id,
  occurred_at,
  channel,
  kind,
  url
FROM news_message_events;

WITH news AS (
  SELECT
    contact_id,
    points
  FROM scored
  WHERE
    occurred_at >= since AND occurred_at >= :previous
  UNION ALL
  SELECT
    contact_id,
    points
  FROM scored
  WHERE
    occurred_at >= since AND occurred_at < :previous AND loaded_at > :previous
  UNION ALL
  SELECT
    contact_id,
    -points AS points
  FROM scored
  WHERE
    occurred_at >= was
    AND occurred_at < since
    AND occurred_at < :previous
    AND loaded_at <= :previous
)
SELECT
  n.contact_id,
  n.points
FROM news AS n
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM recounted AS r
    WHERE
      r.block = 'points' AND r.contact_id = n.contact_id
  )
UNION ALL
SELECT
  s.contact_id,
  s.points
FROM scored AS s
WHERE
  s.occurred_at >= s.since
  AND s.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'points'
  );

SELECT
  contact_id,
  points
FROM news_points;

SELECT
  t.contact_id,
  t.tag
FROM shop.contact_tags AS t
WHERE
  t.removed_at IS NULL
  AND t.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'contact_tags'
  );

SELECT
  c.contact_id,
  c.channel,
  c.topic,
  c.basis,
  c.granted,
  c.occurred_at
FROM shop.consents AS c
WHERE
  c.contact_id IN (
    SELECT
      contact_id
    FROM recounted
    WHERE
      block = 'consents'
  );
