SELECT
  1
FROM live
WHERE
  query LIKE '%order_number%'
UNION ALL
SELECT
  1
FROM journeys.conditions
WHERE
  query LIKE '%order_number%'
LIMIT 1;
