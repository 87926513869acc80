SELECT
  segment
FROM (
  SELECT
    segment,
    fingerprint
  FROM (
    SELECT
      segment,
      fingerprint,
      ROW_NUMBER() OVER (PARTITION BY segment ORDER BY since DESC) AS _w
    FROM segments.definitions
  ) AS _t
  WHERE
    _w = 1
) AS d
WHERE
  fingerprint <> 'gone'
UNION
SELECT
  segment
FROM segments.sizes
WHERE
  as_of = :as_of
ORDER BY
  segment NULLS LAST;
