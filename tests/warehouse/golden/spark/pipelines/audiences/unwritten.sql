SELECT
  number,
  name
FROM audiences.files
WHERE
  audience = :audience AND NOT written
ORDER BY
  number NULLS LAST;
