SELECT
  r.segment,
  s.members,
  NOT t.segment IS NULL AS tried
FROM resting AS r
JOIN (
  SELECT
    segment,
    MAX_BY(members, as_of) AS members,
    MAX_BY(status, as_of) AS status
  FROM segments.sizes
  WHERE
    as_of < :as_of
  GROUP BY
    segment
) AS s
  ON s.segment = r.segment
JOIN (
  SELECT
    segment,
    MAX_BY(fingerprint, since) AS fingerprint
  FROM segments.definitions
  WHERE
    since < :as_of
  GROUP BY
    segment
) AS d
  ON d.segment = r.segment AND d.fingerprint = r.fingerprint
LEFT JOIN segments.sizes AS t
  ON t.segment = r.segment AND t.as_of = :as_of
WHERE
  s.status = 'built'
ORDER BY
  r.segment NULLS LAST;
