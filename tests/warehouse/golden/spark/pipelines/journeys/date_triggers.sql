SELECT
  l.scenario,
  l.source,
  l.query,
  l.offset_days,
  l.max_age_seconds,
  l.looked_ahead,
  l.looked_until
FROM live AS l
WHERE
  l.enters AND l.kind = 'date'
ORDER BY
  l.scenario NULLS LAST;
