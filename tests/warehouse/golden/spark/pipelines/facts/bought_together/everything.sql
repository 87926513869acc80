SELECT
  1
FROM facts.baskets
WHERE
  TRUE;

SELECT
  1
FROM facts.pairs
WHERE
  TRUE;

SELECT
  order_id,
  ordered_at
FROM shop.orders
WHERE
  ordered_at >= :since AND ordered_at < :until AND cancelled_at IS NULL;

SELECT
  ordered_at,
  order_id,
  product_id
FROM facts.baskets;
