SELECT
  c.kind,
  c.ref,
  p.category
FROM (
  SELECT
    'product' AS kind,
    product_id AS ref
  FROM new_cards
  UNION
  SELECT
    'page' AS kind,
    page AS ref
  FROM new_cards
  WHERE
    NOT page IS NULL
  UNION
  SELECT
    'page' AS kind,
    f.page AS ref
  FROM facts.products AS f
  JOIN new_cards AS c
    ON c.product_id = f.product_id
  WHERE
    NOT f.page IS NULL
) AS c
LEFT JOIN placed AS p
  ON p.kind = c.kind AND p.ref = c.ref;

SELECT
  1
FROM facts.products
WHERE
  product_id IN (
    SELECT
      product_id
    FROM new_cards
  );

SELECT
  product_id,
  category,
  page
FROM new_cards;

SELECT
  b.kind,
  b.ref
FROM placed_before AS b
LEFT JOIN placed AS p
  ON p.kind = b.kind AND p.ref = b.ref
LEFT JOIN facts.unplaced AS u
  ON u.kind = b.kind AND u.ref = b.ref
WHERE
  b.category IS DISTINCT FROM p.category
  AND (
    NOT b.category IS NULL OR NOT u.ref IS NULL
  );

SELECT
  m.kind,
  m.ref
FROM moved AS m
LEFT JOIN placed AS p
  ON p.kind = m.kind AND p.ref = m.ref
LEFT JOIN facts.unplaced AS u
  ON u.kind = m.kind AND u.ref = m.ref
WHERE
  p.ref IS NULL AND u.ref IS NULL;
