SELECT
  segment
FROM segments.sizes
WHERE
  as_of = :as_of AND status = 'built';
