SELECT
  file,
  line,
  REGEXP_REPLACE(reason, '`[^`]*`', '`…`') AS reason
FROM raw.rejects
WHERE
  source = :source AND loaded_at = :as_of
ORDER BY
  file NULLS LAST,
  line NULLS LAST,
  reason NULLS LAST
LIMIT :limit;
