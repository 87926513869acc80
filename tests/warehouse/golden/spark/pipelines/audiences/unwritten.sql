SELECT
  u.number,
  u.name,
  CAST(SUM(f.lines) AS BIGINT) AS lines
FROM audiences.files AS u
JOIN audiences.files AS f
  ON f.audience = u.audience AND f.number <= u.number
WHERE
  u.audience = :audience AND NOT u.written
GROUP BY
  u.number,
  u.name
ORDER BY
  u.number NULLS LAST;
