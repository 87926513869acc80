SELECT DISTINCT
  audience
FROM audiences.given
WHERE
  member IN (
    SELECT
      SHA2(contact_id, 256)
    FROM leaving
  )
ORDER BY
  audience NULLS LAST;
