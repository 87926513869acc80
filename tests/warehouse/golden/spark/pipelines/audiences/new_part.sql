SELECT
  kind,
  hash
FROM audience_new
WHERE
  audience = :audience AND place > :after AND place <= :until
ORDER BY
  place NULLS LAST;
