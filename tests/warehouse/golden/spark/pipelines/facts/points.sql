WITH parts AS (
  SELECT
    contact_id,
    FALSE AS anew,
    points
  FROM counted_points
  WHERE
    NOT contact_id IS NULL
  UNION ALL
  SELECT
    contact_id,
    TRUE,
    0
  FROM recounted
  WHERE
    block = 'points'
)
SELECT
  contact_id,
  BOOL_OR(anew) AS anew,
  CAST(SUM(points) AS BIGINT) AS points
FROM parts
GROUP BY
  contact_id;
