SELECT
  segment,
  entered_at
FROM (
  SELECT
    segment,
    entered_at,
    ROW_NUMBER() OVER (PARTITION BY segment ORDER BY as_of DESC) AS _w,
    change
  FROM segments.changes
  WHERE
    contact_id = :contact AND as_of <= :as_of
  ORDER BY
    segment NULLS LAST
) AS _t
WHERE
  _w = 1 AND change = 'entered';
