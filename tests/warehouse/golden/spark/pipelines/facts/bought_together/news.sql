SELECT
  order_id
FROM raw.orders
WHERE
  corrected_at > :counted_at
UNION
SELECT
  order_id
FROM shop.orders
WHERE
  cancelled_at >= :counted_at
UNION
SELECT
  order_id
FROM raw.order_lines
WHERE
  corrected_at > :counted_at
UNION
SELECT
  l.order_id
FROM raw.order_lines AS l
WHERE
  l.loaded_at > :counted_at
  AND NOT EXISTS(
    SELECT
      1
    FROM raw.orders AS o
    WHERE
      o.order_id = l.order_id AND o.loaded_at > :counted_at
  );

WITH standing AS (
  SELECT
    order_id,
    ordered_at,
    loaded_at
  FROM shop.orders
  WHERE
    ordered_at >= :since AND ordered_at < :until AND cancelled_at IS NULL
)
SELECT
  order_id,
  ordered_at
FROM standing
WHERE
  ordered_at >= :was_until
UNION
SELECT
  order_id,
  ordered_at
FROM standing
WHERE
  loaded_at > :counted_at
UNION
SELECT
  order_id,
  ordered_at
FROM standing
WHERE
  order_id IN (
    SELECT
      order_id
    FROM restated_orders
  );

SELECT
  ordered_at,
  order_id,
  product_id
FROM facts.baskets
WHERE
  ordered_at < :since
UNION ALL
SELECT
  ordered_at,
  order_id,
  product_id
FROM facts.baskets
WHERE
  ordered_at >= :since
  AND order_id IN (
    SELECT
      order_id
    FROM restated_orders
  );

SELECT
  1
FROM facts.baskets
WHERE
  ordered_at < :since;

SELECT
  1
FROM facts.baskets
WHERE
  EXISTS(
    SELECT
      1
    FROM baskets_before AS b
    WHERE
      b.ordered_at >= :since
      AND b.ordered_at = baskets.ordered_at
      AND b.order_id = baskets.order_id
  );
