SELECT
  COALESCE(MAX(number), 0) AS number,
  CAST(COALESCE(SUM(lines), 0) AS BIGINT) AS lines
FROM audiences.files
WHERE
  audience = :audience;
