SELECT
  s.segment,
  COUNT(b.contact_id) AS members_before,
  COUNT(a.contact_id) AS members_after,
  COUNT(CASE WHEN NOT a.contact_id IS NULL AND b.contact_id IS NULL THEN 1 END) AS entering,
  COUNT(CASE WHEN NOT b.contact_id IS NULL AND a.contact_id IS NULL THEN 1 END) AS leaving,
  MAX(h.reason) AS held
FROM planned_segments AS s
LEFT JOIN (
  SELECT
    segment,
    contact_id
  FROM planned_members
  UNION
  SELECT
    segment,
    contact_id
  FROM members_before
) AS m
  ON m.segment = s.segment
LEFT JOIN planned_members AS a
  ON a.segment = m.segment AND a.contact_id = m.contact_id
LEFT JOIN members_before AS b
  ON b.segment = m.segment AND b.contact_id = m.contact_id
LEFT JOIN planned_holds AS h
  ON h.segment = s.segment
GROUP BY
  s.segment
ORDER BY
  s.segment NULLS LAST;
