SELECT
  name
FROM audiences.files
WHERE
  audience = :audience;
