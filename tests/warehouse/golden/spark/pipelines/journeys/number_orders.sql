WITH ordering AS (
  SELECT DISTINCT
    contact_id
  FROM unnumbered_news
  WHERE
    name = 'order_placed' AND :numbered
), numbered AS (
  SELECT
    o.order_id,
    ROW_NUMBER() OVER (PARTITION BY o.contact_id ORDER BY o.ordered_at NULLS LAST, o.order_id NULLS LAST) AS order_number
  FROM shop.orders AS o
  WHERE
    o.contact_id IN (
      SELECT
        contact_id
      FROM ordering
    )
)
SELECT
  a.activity_id,
  a.contact_id,
  a.occurred_at,
  a.loaded_at,
  a.name,
  a.key,
  a.value,
  a.props,
  n.order_number
FROM unnumbered_news AS a
LEFT JOIN numbered AS n
  ON a.name = 'order_placed' AND n.order_id = a.key;
