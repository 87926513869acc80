SELECT
  :segment,
  :as_of,
  COUNT(*),
  0,
  0,
  'built',
  CAST(NULL AS STRING)
FROM segments.members
WHERE
  segment = :segment;
