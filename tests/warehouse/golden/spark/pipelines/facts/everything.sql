SELECT
  1
FROM facts.stored_contacts
WHERE
  TRUE;

SELECT
  1
FROM facts.stored_interests
WHERE
  TRUE;

SELECT
  1
FROM facts.stored_channels
WHERE
  TRUE;

SELECT
  1
FROM facts.stored_attributes
WHERE
  TRUE;

SELECT
  1
FROM facts.unread_answers
WHERE
  TRUE;

SELECT
  1
FROM facts.products
WHERE
  TRUE;

SELECT
  1
FROM facts.unplaced
WHERE
  TRUE;

SELECT
  1
FROM facts.awaited_orders
WHERE
  TRUE;

SELECT DISTINCT
  l.order_id
FROM raw.order_lines AS l
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM raw.orders AS o
    WHERE
      o.order_id = l.order_id
  );

SELECT
  product_id,
  category,
  SPLIT_PART(url, '?', 1)
FROM shop.current_products;

SELECT
  '' AS contact_id,
  '' AS block
WHERE
  FALSE;

SELECT
  contact_id,
  TRUE AS known,
  email,
  country,
  locale,
  timezone,
  birth_date,
  created_at
FROM shop.contacts;

SELECT
  order_id,
  contact_id,
  ordered_at,
  total,
  coupon_code
FROM shop.orders
WHERE
  cancelled_at IS NULL AND NOT contact_id IS NULL;

SELECT
  o.contact_id,
  l.product_id,
  l.quantity
FROM counted_orders AS o
JOIN raw.order_lines AS l
  ON l.order_id = o.order_id;

SELECT
  r.contact_id,
  r.refunded_at,
  r.amount
FROM shop.refunds AS r
WHERE
  NOT r.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM shop.orders AS o
    WHERE
      o.order_id = r.order_id AND NOT o.cancelled_at IS NULL
  );

SELECT
  contact_id,
  started_at
FROM shop.sessions
WHERE
  NOT contact_id IS NULL;

SELECT
  contact_id,
  occurred_at,
  name,
  product_id
FROM shop.site_events
WHERE
  NOT contact_id IS NULL;

SELECT
  contact_id,
  occurred_at,
  channel,
  kind,
  url
FROM shop.message_events
WHERE
  NOT contact_id IS NULL;

SELECT
  contact_id,
  points
FROM scored
WHERE
  occurred_at >= since;

SELECT
  contact_id,
  tag
FROM shop.contact_tags
WHERE
  removed_at IS NULL;

SELECT
  contact_id,
  channel,
  topic,
  basis,
  granted,
  occurred_at
FROM shop.consents;
