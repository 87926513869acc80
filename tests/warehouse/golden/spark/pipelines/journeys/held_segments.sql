SELECT
  segment,
  reason
FROM segments.sizes
WHERE
  as_of = :as_of AND status = 'held'
ORDER BY
  segment NULLS LAST;
