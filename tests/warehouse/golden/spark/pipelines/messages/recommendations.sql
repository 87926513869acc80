SELECT
  p.product_id,
  p.category,
  f.since,
  ROW_NUMBER() OVER (PARTITION BY p.category ORDER BY f.since DESC, p.product_id NULLS LAST) AS newness
FROM shop.current_products AS p
JOIN (
  SELECT
    product_id,
    MIN(valid_from) AS since
  FROM shop.products
  GROUP BY
    product_id
) AS f
  ON f.product_id = p.product_id
WHERE
  NOT p.name IS NULL AND NOT p.url IS NULL AND (
    p.stock IS NULL OR p.stock > 0
  );

SELECT DISTINCT
  s.message_key,
  b.product_id
FROM render_subjects AS s
JOIN shop.purchases AS b
  ON b.contact_id = s.contact_id
WHERE
  NOT b.product_id IS NULL;

SELECT DISTINCT
  s.message_key,
  p.product_id,
  p.category
FROM render_subjects AS s
JOIN shop.message_events AS e
  ON e.contact_id = s.contact_id
  AND e.kind = 'clicked'
  AND e.occurred_at >= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) - INTERVAL '30' DAY
JOIN shop.current_products AS p
  ON SPLIT_PART(p.url, '?', 1) = SPLIT_PART(e.url, '?', 1);

SELECT
  message_key,
  product_id,
  place
FROM (
  SELECT
    message_key,
    product_id,
    ROW_NUMBER() OVER (
      PARTITION BY message_key
      ORDER BY unclicked NULLS LAST, choice NULLS LAST, unlike NULLS LAST, rank NULLS LAST, product_id NULLS LAST
    ) AS place,
    ROW_NUMBER() OVER (
      PARTITION BY message_key
      ORDER BY unclicked NULLS LAST, choice NULLS LAST, unlike NULLS LAST, rank NULLS LAST, product_id NULLS LAST
    ) AS _w
  FROM (
    SELECT
      message_key,
      product_id,
      choice,
      rank,
      unclicked,
      unlike
    FROM (
      SELECT
        e.message_key,
        e.product_id,
        e.choice,
        MIN(e.rank) AS rank,
        CASE WHEN BOOL_OR(k.product_id = e.product_id) THEN 0 ELSE 1 END AS unclicked,
        CASE WHEN BOOL_OR(k.category = e.category) THEN 0 ELSE 1 END AS unlike,
        ROW_NUMBER() OVER (PARTITION BY e.message_key, e.product_id ORDER BY e.choice NULLS LAST) AS _w
      FROM (
        SELECT
          m.message_key,
          h.product_id,
          h.category,
          1 AS choice,
          h.newness AS rank
        FROM render_mentioned AS m
        JOIN shop.product_relations AS r
          ON r.product_id = m.product_id
        JOIN render_shelf AS h
          ON h.product_id = r.related_id
        UNION ALL
        SELECT
          m.message_key,
          h.product_id,
          h.category,
          2 AS choice,
          t.place AS rank
        FROM render_mentioned AS m
        JOIN facts.bought_together AS t
          ON t.product_id = m.product_id
        JOIN render_shelf AS h
          ON h.product_id = t.related_id
        UNION ALL
        SELECT
          s.message_key,
          h.product_id,
          h.category,
          3 AS choice,
          h.newness AS rank
        FROM render_subjects AS s
        JOIN facts.contacts AS f
          ON f.contact_id = s.contact_id
        JOIN render_shelf AS h
          ON h.category = f.favourite_category
        WHERE
          h.newness <= 12
      ) AS e
      LEFT JOIN render_clicked AS k
        ON k.message_key = e.message_key
      GROUP BY
        e.message_key,
        e.product_id,
        e.choice
    ) AS _t
    WHERE
      _w = 1
  ) AS c
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM render_mentioned AS m
      WHERE
        m.message_key = c.message_key AND m.product_id = c.product_id
    )
    AND NOT EXISTS(
      SELECT
        1
      FROM render_owned AS o
      WHERE
        o.message_key = c.message_key AND o.product_id = c.product_id
    )
) AS _t
WHERE
  _w <= 4;
