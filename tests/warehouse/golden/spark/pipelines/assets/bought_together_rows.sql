SELECT
  COALESCE(p.name, t.product_id) AS product,
  COALESCE(r.name, t.related_id) AS related,
  t.support,
  ROUND(t.confidence, 2) AS confidence,
  ROUND(t.lift, 1) AS lift
FROM facts.bought_together AS t
LEFT JOIN shop.current_products AS p
  ON p.product_id = t.product_id
LEFT JOIN shop.current_products AS r
  ON r.product_id = t.related_id
WHERE
  t.product_id < t.related_id
ORDER BY
  t.support DESC,
  t.lift DESC,
  t.product_id NULLS LAST,
  t.related_id NULLS LAST
LIMIT :limit;
