SELECT
  fingerprint,
  attributes
FROM (
  SELECT
    fingerprint,
    attributes,
    ROW_NUMBER() OVER (PARTITION BY segment ORDER BY since DESC) AS _w
  FROM segments.definitions
  WHERE
    segment = :segment
) AS _t
WHERE
  _w = 1;
