SELECT
  number,
  action,
  name,
  lines,
  decided_at,
  written
FROM audiences.files
WHERE
  audience = :audience
ORDER BY
  number DESC
LIMIT :limit;
