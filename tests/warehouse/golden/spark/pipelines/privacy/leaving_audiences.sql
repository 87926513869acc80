SELECT DISTINCT
  g.audience,
  CASE WHEN o.hash IS NULL THEN g.hash END AS address
FROM audiences.given AS g
LEFT JOIN audiences.given AS o
  ON o.audience = g.audience
  AND o.kind = g.kind
  AND o.hash = g.hash
  AND NOT o.member IN (
    SELECT
      SHA2(contact_id, 256)
    FROM leaving
  )
WHERE
  g.member IN (
    SELECT
      SHA2(contact_id, 256)
    FROM leaving
  )
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST;
