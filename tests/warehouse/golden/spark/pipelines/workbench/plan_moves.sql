SELECT
  segment,
  move,
  contact_id
FROM (
  SELECT
    segment,
    move,
    contact_id,
    ROW_NUMBER() OVER (PARTITION BY segment, move ORDER BY contact_id NULLS LAST) AS _w
  FROM (
    SELECT
      COALESCE(a.segment, b.segment) AS segment,
      COALESCE(a.contact_id, b.contact_id) AS contact_id,
      CASE WHEN b.contact_id IS NULL THEN 'entering' ELSE 'leaving' END AS move
    FROM planned_members AS a
    FULL JOIN members_before AS b
      ON b.segment = a.segment AND b.contact_id = a.contact_id
    WHERE
      a.contact_id IS NULL OR b.contact_id IS NULL
  ) AS m
  ORDER BY
    segment NULLS LAST,
    move NULLS LAST,
    contact_id NULLS LAST
) AS _t
WHERE
  _w <= :examples;
