SELECT
  as_of,
  members,
  no_consent,
  suppressed,
  unreachable,
  held_out,
  adds,
  removes
FROM (
  SELECT
    s.as_of,
    s.members,
    s.no_consent,
    s.suppressed,
    s.unreachable,
    s.held_out,
    COALESCE(f.adds, 0) AS adds,
    COALESCE(f.removes, 0) AS removes,
    ROW_NUMBER() OVER (ORDER BY s.as_of DESC) AS _w
  FROM audiences.sizes AS s
  LEFT JOIN (
    SELECT
      as_of,
      CAST(SUM(CASE WHEN action = 'adds' THEN lines ELSE 0 END) AS BIGINT) AS adds,
      CAST(SUM(CASE WHEN action = 'removes' THEN lines ELSE 0 END) AS BIGINT) AS removes
    FROM audiences.files
    WHERE
      audience = :audience
    GROUP BY
      as_of
  ) AS f
    ON f.as_of = s.as_of
  WHERE
    s.audience = :audience AND s.as_of <= :as_of
  ORDER BY
    s.as_of NULLS LAST
) AS _t
WHERE
  _w <= :limit;
