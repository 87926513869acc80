SELECT
  segment,
  fingerprint
FROM (
  SELECT
    segment,
    fingerprint,
    ROW_NUMBER() OVER (PARTITION BY segment ORDER BY since DESC) AS _w
  FROM segments.definitions
  ORDER BY
    segment NULLS LAST
) AS _t
WHERE
  _w = 1;
