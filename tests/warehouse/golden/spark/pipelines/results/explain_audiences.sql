SELECT
  m.audience,
  m.entered_at,
  COUNT(g.hash) AS addresses_given
FROM audiences.members AS m
LEFT JOIN audiences.given AS g
  ON g.audience = m.audience AND g.member = SHA2(m.contact_id, 256)
WHERE
  m.contact_id = :contact
GROUP BY
  m.audience,
  m.entered_at
ORDER BY
  m.audience NULLS LAST;
