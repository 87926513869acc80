SELECT
  as_of,
  members,
  entered,
  left_count,
  status,
  reason
FROM (
  SELECT
    s.*,
    ROW_NUMBER() OVER (ORDER BY as_of DESC) AS place
  FROM segments.sizes AS s
  WHERE
    segment = :segment
) AS recent
WHERE
  place <= :limit
ORDER BY
  as_of NULLS LAST;
