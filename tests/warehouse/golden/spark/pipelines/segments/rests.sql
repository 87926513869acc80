SELECT
  s.members
FROM (
  SELECT
    MAX_BY(members, as_of) AS members,
    MAX_BY(status, as_of) AS status
  FROM segments.sizes
  WHERE
    segment = :segment AND as_of < :as_of
) AS s
JOIN (
  SELECT
    MAX_BY(fingerprint, since) AS fingerprint
  FROM segments.definitions
  WHERE
    segment = :segment AND since < :as_of
) AS d
  ON d.fingerprint = :fingerprint
WHERE
  s.status = 'built';
