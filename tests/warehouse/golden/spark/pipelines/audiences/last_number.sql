SELECT
  COALESCE(MAX(number), 0)
FROM audiences.files
WHERE
  audience = :audience;
