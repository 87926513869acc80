SELECT
  audience
FROM audiences.members
WHERE
  contact_id = :contact
ORDER BY
  audience NULLS LAST;
