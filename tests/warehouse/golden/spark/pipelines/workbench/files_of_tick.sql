SELECT
  path,
  text
FROM (
  SELECT
    path,
    text
  FROM (
    SELECT
      path,
      text,
      ROW_NUMBER() OVER (PARTITION BY path ORDER BY since DESC) AS _w
    FROM runs.files
    WHERE
      since <= :as_of
  ) AS _t
  WHERE
    _w = 1
) AS f
WHERE
  NOT text IS NULL
ORDER BY
  path NULLS LAST;
