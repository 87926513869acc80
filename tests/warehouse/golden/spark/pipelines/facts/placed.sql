SELECT
  'product' AS kind,
  product_id AS ref,
  category
FROM facts.products
WHERE
  NOT category IS NULL
UNION ALL
SELECT
  'page' AS kind,
  page AS ref,
  MIN_BY(category, product_id) AS category
FROM facts.products
WHERE
  NOT category IS NULL AND NOT page IS NULL
GROUP BY
  page;
