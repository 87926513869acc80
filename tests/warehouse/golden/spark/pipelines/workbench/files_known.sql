SELECT
  path,
  fingerprint
FROM (
  SELECT
    path,
    fingerprint,
    gone
  FROM (
    SELECT
      path,
      fingerprint,
      text IS NULL AS gone,
      ROW_NUMBER() OVER (PARTITION BY path ORDER BY since DESC) AS _w
    FROM runs.files
  ) AS _t
  WHERE
    _w = 1
) AS f
WHERE
  NOT gone
ORDER BY
  path NULLS LAST;
