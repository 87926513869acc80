SELECT
  s.audience,
  s.members,
  s.no_consent,
  s.suppressed,
  s.unreachable,
  s.held_out,
  COALESCE(f.adds, 0) AS adds,
  COALESCE(f.removes, 0) AS removes,
  (
    SELECT
      LISTAGG(CAST(h.members AS STRING), ',') WITHIN GROUP (ORDER BY
        h.as_of NULLS LAST)
    FROM (
      SELECT
        p.audience,
        p.as_of,
        p.members,
        ROW_NUMBER() OVER (PARTITION BY p.audience ORDER BY p.as_of DESC) AS place
      FROM audiences.sizes AS p
      WHERE
        p.as_of <= :as_of
    ) AS h
    WHERE
      h.audience = s.audience AND h.place <= 30
  ) AS history
FROM audiences.sizes AS s
LEFT JOIN (
  SELECT
    audience,
    CAST(SUM(CASE WHEN action = 'adds' THEN lines ELSE 0 END) AS BIGINT) AS adds,
    CAST(SUM(CASE WHEN action = 'removes' THEN lines ELSE 0 END) AS BIGINT) AS removes
  FROM audiences.files
  WHERE
    as_of = :as_of
  GROUP BY
    audience
) AS f
  ON f.audience = s.audience
WHERE
  s.as_of = :as_of
ORDER BY
  s.audience NULLS LAST;
