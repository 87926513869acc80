SELECT
  m.audience,
  COALESCE(c.email, '') AS email,
  c.phone,
  COALESCE(c.country, '') AS country
FROM audiences.members AS m
JOIN raw.contacts AS c
  ON c.contact_id = m.contact_id
WHERE
  NOT m.contact_id IN (
    SELECT
      contact_id
    FROM leaving
  )
  AND c.phone IN (
    SELECT
      phone
    FROM leaving
  )
ORDER BY
  m.audience NULLS LAST,
  m.contact_id NULLS LAST;
