WITH cards AS (
  SELECT
    p.product_id,
    p.category,
    SPLIT_PART(p.url, '?', 1) AS page,
    ROW_NUMBER() OVER (PARTITION BY p.product_id ORDER BY p.valid_from DESC) AS place
  FROM shop.products AS p
  WHERE
    p.product_id IN (
      SELECT
        product_id
      FROM shop.products
      WHERE
        valid_from >= :previous OR loaded_at > :previous OR corrected_at > :previous
    )
)
SELECT
  c.product_id,
  c.category,
  c.page
FROM cards AS c
LEFT JOIN facts.products AS f
  ON f.product_id = c.product_id
WHERE
  c.place = 1
  AND (
    f.product_id IS NULL
    OR f.category IS DISTINCT FROM c.category
    OR f.page IS DISTINCT FROM c.page
  );
