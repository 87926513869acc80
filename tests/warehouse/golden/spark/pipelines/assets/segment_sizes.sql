SELECT
  as_of,
  members,
  entered,
  left_count,
  status,
  reason
FROM (
  SELECT
    as_of,
    members,
    entered,
    left_count,
    status,
    reason,
    ROW_NUMBER() OVER (ORDER BY as_of DESC) AS place
  FROM segments.sizes
  WHERE
    segment = :segment AND as_of <= :as_of
) AS recent
WHERE
  place <= :limit
ORDER BY
  as_of NULLS LAST;
