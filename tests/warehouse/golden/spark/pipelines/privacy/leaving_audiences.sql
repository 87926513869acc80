SELECT
  t.audience,
  t.hash,
  BOOL_OR(NOT g.member IS NULL AND s.member IS NULL) AS given,
  BOOL_OR(t.shared OR NOT s.member IS NULL) AS shared
FROM (
  SELECT
    audience,
    hash,
    shared
  FROM leaving_hashes
  UNION
  SELECT
    audience,
    hash,
    FALSE AS shared
  FROM audiences.given
  WHERE
    member IN (
      SELECT
        SHA2(contact_id, 256)
      FROM leaving
    )
) AS t
LEFT JOIN audiences.given AS g
  ON g.audience = t.audience AND g.hash = t.hash
LEFT JOIN (
  SELECT
    SHA2(contact_id, 256) AS member
  FROM raw.contacts
  WHERE
    NOT contact_id IN (
      SELECT
        contact_id
      FROM leaving
    )
) AS s
  ON s.member = g.member
GROUP BY
  t.audience,
  t.hash
ORDER BY
  t.audience NULLS LAST,
  t.hash NULLS LAST;
