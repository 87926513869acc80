SELECT
  attribute,
  COUNT(*) AS number
FROM facts.unread_answers
WHERE
  loaded_at = CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
GROUP BY
  attribute
ORDER BY
  attribute NULLS LAST;
