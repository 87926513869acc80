SELECT
  COUNT(*) = 2
FROM (
  SELECT
    segment
  FROM (
    SELECT
      segment,
      ROW_NUMBER() OVER (PARTITION BY segment ORDER BY since DESC) AS _w,
      fingerprint
    FROM segments.definitions
    WHERE
      segment = :segment AND since < :as_of
  ) AS _t
  WHERE
    _w = 1 AND fingerprint = :fingerprint
  UNION ALL
  SELECT
    segment
  FROM (
    SELECT
      segment,
      ROW_NUMBER() OVER (PARTITION BY segment ORDER BY as_of DESC) AS _w,
      status
    FROM segments.sizes
    WHERE
      segment = :segment AND as_of < :as_of
  ) AS _t
  WHERE
    _w = 1 AND status = 'built'
) AS s;
