SELECT
  1
FROM delivery.forgotten AS f
LEFT JOIN delivery.suppressions AS s
  ON s.since = f.since AND s.channel = 'email' AND s.reason = 'manual'
WHERE
  f.kind = 'contact'
  AND (
    f.hash = SHA2(:asked, 256) OR s.address_hash = SHA2(LOWER(:asked), 256)
  )
LIMIT 1;
