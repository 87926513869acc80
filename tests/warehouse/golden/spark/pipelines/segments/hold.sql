SELECT
  :segment,
  :as_of,
  COUNT(*),
  0,
  0,
  'held',
  :reason
FROM segments.members
WHERE
  segment = :segment;
