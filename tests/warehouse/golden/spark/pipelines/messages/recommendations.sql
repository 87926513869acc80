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
      ORDER BY choice NULLS LAST, newness NULLS LAST, product_id NULLS LAST
    ) AS place,
    ROW_NUMBER() OVER (
      PARTITION BY message_key
      ORDER BY choice NULLS LAST, newness NULLS LAST, product_id NULLS LAST
    ) AS _w
  FROM (
    SELECT
      message_key,
      product_id,
      MIN(choice) AS choice,
      MIN(newness) AS newness
    FROM (
      SELECT
        m.message_key,
        h.product_id,
        1 AS choice,
        h.newness
      FROM render_mentioned AS m
      JOIN shop.product_relations AS r
        ON r.product_id = m.product_id
      JOIN render_shelf AS h
        ON h.product_id = r.related_id
      UNION ALL
      SELECT
        s.message_key,
        h.product_id,
        2 AS choice,
        h.newness
      FROM render_subjects AS s
      JOIN facts.contacts AS f
        ON f.contact_id = s.contact_id
      JOIN render_shelf AS h
        ON h.category = f.favourite_category
      WHERE
        h.newness <= 12
    )
    GROUP BY
      message_key,
      product_id
  ) AS c
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM render_mentioned AS m
      WHERE
        m.message_key = c.message_key AND m.product_id = c.product_id
    )
) AS _t
WHERE
  _w <= 4;
