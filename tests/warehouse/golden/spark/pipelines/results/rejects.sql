SELECT
  source,
  REGEXP_REPLACE(reason, '`[^`]*`', '`…`') AS reason,
  COUNT(*) AS rows,
  MIN(file) AS file,
  MIN(line) AS line
FROM raw.rejects
WHERE
  loaded_at = :as_of
GROUP BY
  1,
  2
ORDER BY
  rows DESC,
  source NULLS LAST,
  reason NULLS LAST;
