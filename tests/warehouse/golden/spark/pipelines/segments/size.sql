SELECT
  members,
  entered,
  left_count,
  status,
  reason
FROM segments.sizes
WHERE
  segment = :segment AND as_of = :as_of;
