SELECT
  TRUE AS written
FROM audiences.files
WHERE
  audience = :audience AND number = :number;
