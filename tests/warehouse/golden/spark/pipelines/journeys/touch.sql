SELECT
  m.*,
  COALESCE(f.timezone, :zone) AS zone
FROM movable AS m
LEFT JOIN people AS f
  ON f.contact_id = m.contact_id;
