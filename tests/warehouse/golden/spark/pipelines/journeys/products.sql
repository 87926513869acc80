WITH cards AS (
  SELECT
    product_id,
    name,
    url,
    price,
    stock,
    valid_from,
    COALESCE(corrected_at, loaded_at) AS loaded_at,
    LAG(price) OVER (PARTITION BY product_id ORDER BY valid_from NULLS LAST) AS previous_price,
    LAG(stock) OVER (PARTITION BY product_id ORDER BY valid_from NULLS LAST) AS previous_stock
  FROM shop.products
  WHERE
    product_id IN (
      SELECT
        product_id
      FROM shop.products
      WHERE
        valid_from >= (
          SELECT
            MIN(since)
          FROM live
        )
        OR COALESCE(corrected_at, loaded_at) > (
          SELECT
            MIN(since)
          FROM live
        )
    )
)
SELECT
  l.scenario,
  l.source,
  l.within_seconds,
  c.product_id,
  c.valid_from,
  TO_JSON(
    NAMED_STRUCT(
      'product_id',
      c.product_id,
      'name',
      c.name,
      'url',
      c.url,
      'price',
      c.price,
      'previous_price',
      c.previous_price,
      'stock',
      c.stock,
      'valid_from',
      c.valid_from
    ),
    MAP('ignoreNullFields', 'false')
  ) AS props
FROM live AS l
JOIN cards AS c
  ON c.valid_from >= l.since
  OR (
    c.loaded_at > l.since
    AND c.valid_from >= (
      :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
        -l.max_age_seconds
      ))
    )
  )
WHERE
  l.enters
  AND l.kind = 'product'
  AND CASE
    WHEN l.price_drop IS NULL
    THEN c.stock > 0 AND c.previous_stock <= 0
    ELSE c.price <= c.previous_price * (
      1 - l.price_drop
    )
  END;

WITH ties AS (
  SELECT
    'requested' AS source,
    contact_id,
    product_id,
    requested_at AS tied_at
  FROM shop.stock_requests
  UNION ALL
  SELECT
    'viewed',
    contact_id,
    product_id,
    occurred_at
  FROM shop.site_events
  WHERE
    name = 'product_viewed'
  UNION ALL
  SELECT
    'carted',
    e.contact_id,
    n.product_id,
    e.occurred_at
  FROM shop.cart_lines AS n
  JOIN shop.site_events AS e
    ON e.event_id = n.event_id
), latest AS (
  SELECT
    c.scenario,
    t.contact_id,
    c.product_id,
    c.valid_from,
    MAX(t.tied_at) AS tied_at
  FROM product_changes AS c
  JOIN ties AS t
    ON t.source = c.source
    AND t.product_id = c.product_id
    AND t.tied_at < c.valid_from
    AND (
      c.within_seconds IS NULL
      OR t.tied_at >= (
        c.valid_from + MAKE_DT_INTERVAL(0, 0, 0, (
          -c.within_seconds
        ))
      )
    )
  WHERE
    NOT t.contact_id IS NULL
  GROUP BY
    c.scenario,
    t.contact_id,
    c.product_id,
    c.valid_from
)
SELECT
  l.scenario,
  l.contact_id,
  l.product_id,
  l.valid_from,
  c.props
FROM latest AS l
JOIN product_changes AS c
  ON c.scenario = l.scenario
  AND c.product_id = l.product_id
  AND c.valid_from = l.valid_from
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM shop.orders AS o
    JOIN shop.order_lines AS n
      ON n.order_id = o.order_id
    WHERE
      o.contact_id = l.contact_id
      AND o.ordered_at >= l.tied_at
      AND o.cancelled_at IS NULL
      AND n.product_id = l.product_id
  );
