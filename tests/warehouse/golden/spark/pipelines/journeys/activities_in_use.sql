SELECT
  c.activities
FROM journeys.conditions AS c
WHERE
  c.kind = 'did'
UNION
SELECT
  l.activities
FROM live AS l
WHERE
  l.kind = 'activity'
UNION
SELECT
  'message_' || c.event
FROM journeys.conditions AS c
WHERE
  c.kind = 'message'
ORDER BY
  1 NULLS LAST;
