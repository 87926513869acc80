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
    c.scenario,
    c.product_id,
    c.valid_from,
    r.contact_id,
    MAX(r.requested_at) AS since
  FROM product_changes AS c
  JOIN shop.stock_requests AS r
    ON r.product_id = c.product_id
    AND r.requested_at < c.valid_from
    AND (
      c.within_seconds IS NULL
      OR r.requested_at >= (
        c.valid_from + MAKE_DT_INTERVAL(0, 0, 0, (
          -c.within_seconds
        ))
      )
    )
  WHERE
    c.source = 'requested'
  GROUP BY
    c.scenario,
    c.product_id,
    c.valid_from,
    r.contact_id
  UNION ALL
  SELECT
    c.scenario,
    c.product_id,
    c.valid_from,
    e.contact_id,
    MAX(e.occurred_at)
  FROM product_changes AS c
  JOIN shop.site_events AS e
    ON e.product_id = c.product_id
    AND e.name = 'product_viewed'
    AND e.occurred_at < c.valid_from
    AND (
      c.within_seconds IS NULL
      OR e.occurred_at >= (
        c.valid_from + MAKE_DT_INTERVAL(0, 0, 0, (
          -c.within_seconds
        ))
      )
    )
  WHERE
    c.source = 'viewed' AND NOT e.contact_id IS NULL
  GROUP BY
    c.scenario,
    c.product_id,
    c.valid_from,
    e.contact_id
  UNION ALL
  SELECT
    c.scenario,
    c.product_id,
    c.valid_from,
    e.contact_id,
    MAX(e.occurred_at)
  FROM product_changes AS c
  JOIN shop.cart_lines AS n
    ON n.product_id = c.product_id
  JOIN shop.site_events AS e
    ON e.event_id = n.event_id
    AND e.occurred_at < c.valid_from
    AND (
      c.within_seconds IS NULL
      OR e.occurred_at >= (
        c.valid_from + MAKE_DT_INTERVAL(0, 0, 0, (
          -c.within_seconds
        ))
      )
    )
  WHERE
    c.source = 'carted' AND NOT e.contact_id IS NULL
  GROUP BY
    c.scenario,
    c.product_id,
    c.valid_from,
    e.contact_id
)
SELECT
  t.scenario,
  t.contact_id,
  t.product_id,
  t.valid_from,
  c.props
FROM ties AS t
JOIN product_changes AS c
  ON c.scenario = t.scenario
  AND c.product_id = t.product_id
  AND c.valid_from = t.valid_from
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM shop.orders AS o
    JOIN shop.order_lines AS n
      ON n.order_id = o.order_id
    WHERE
      o.contact_id = t.contact_id
      AND o.ordered_at >= t.since
      AND o.cancelled_at IS NULL
      AND n.product_id = t.product_id
  );
