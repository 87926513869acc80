SELECT
  m.contact_id,
  f.email,
  m.entered_at,
  CAST(m.attributes AS STRING) AS says
FROM segments.members AS m
LEFT JOIN facts.contacts AS f
  ON f.contact_id = m.contact_id
WHERE
  m.segment = :segment
ORDER BY
  m.entered_at DESC,
  m.contact_id NULLS LAST
LIMIT :limit;
