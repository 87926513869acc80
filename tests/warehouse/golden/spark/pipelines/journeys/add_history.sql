WITH numbered AS (
  SELECT
    o.order_id,
    ROW_NUMBER() OVER (PARTITION BY o.contact_id ORDER BY o.ordered_at NULLS LAST, o.order_id NULLS LAST) AS order_number
  FROM shop.orders AS o
  WHERE
    o.contact_id IN (
      SELECT
        contact_id
      FROM unnumbered_history
      WHERE
        name = 'order_placed' AND :numbered
    )
)
SELECT
  h.activity_id,
  h.contact_id,
  h.occurred_at,
  h.loaded_at,
  h.name,
  h.key,
  h.value,
  h.props,
  n.order_number
FROM unnumbered_history AS h
LEFT JOIN numbered AS n
  ON h.name = 'order_placed' AND n.order_id = h.key
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM news AS a
    WHERE
      a.activity_id = h.activity_id AND a.name = h.name
  );
