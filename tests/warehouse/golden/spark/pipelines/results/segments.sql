SELECT
  s.segment,
  s.members,
  s.entered,
  s.left_count,
  s.status,
  s.reason,
  (
    SELECT
      LISTAGG(CAST(h.members AS STRING), ',') WITHIN GROUP (ORDER BY
        h.as_of NULLS LAST)
    FROM (
      SELECT
        p.segment,
        p.as_of,
        p.members,
        ROW_NUMBER() OVER (PARTITION BY p.segment ORDER BY p.as_of DESC) AS place
      FROM segments.sizes AS p
      WHERE
        p.as_of <= :as_of
    ) AS h
    WHERE
      h.segment = s.segment AND h.place <= 30
  ) AS history
FROM segments.sizes AS s
WHERE
  s.as_of = :as_of
ORDER BY
  s.segment NULLS LAST;
