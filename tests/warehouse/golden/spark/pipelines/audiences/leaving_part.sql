SELECT
  kind,
  hash
FROM audience_leaving
WHERE
  audience = :audience AND place > :after AND place <= :until
ORDER BY
  place NULLS LAST;
