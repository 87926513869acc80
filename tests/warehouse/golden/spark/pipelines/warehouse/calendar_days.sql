WITH digits AS (
  SELECT
    0 AS n
  UNION ALL
  SELECT
    1
  UNION ALL
  SELECT
    2
  UNION ALL
  SELECT
    3
  UNION ALL
  SELECT
    4
  UNION ALL
  SELECT
    5
  UNION ALL
  SELECT
    6
  UNION ALL
  SELECT
    7
  UNION ALL
  SELECT
    8
  UNION ALL
  SELECT
    9
), numbers AS (
  SELECT
    a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n AS n
  FROM digits AS a
  JOIN digits AS b
    ON TRUE
  JOIN digits AS c
    ON TRUE
  JOIN digits AS d
    ON TRUE
  JOIN digits AS e
    ON e.n < 3
)
SELECT
  DATE_ADD(CAST(CAST(:first AS DATE) AS DATE), CAST(n AS INT)) AS day,
  (
    (
      DAYOFWEEK(DATE_ADD(CAST(CAST(:first AS DATE) AS DATE), CAST(n AS INT))) + 5
    ) % 7 + 1
  ) AS isodow
FROM numbers
WHERE
  n < DATEDIFF(CAST(CAST(:last AS DATE) AS DATE), CAST(CAST(:first AS DATE) AS DATE))
  AND NOT EXISTS(
    SELECT
      1
    FROM calendar.days
  )
ORDER BY
  n NULLS LAST;
