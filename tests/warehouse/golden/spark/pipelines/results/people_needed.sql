SELECT
  'unknown' AS kind,
  m.scenario,
  COUNT(*) AS number
FROM (
  SELECT
    message_key,
    state,
    ROW_NUMBER() OVER (
      PARTITION BY message_key
      ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
    ) AS place
  FROM delivery.sends
) AS d
JOIN outbox.messages AS m
  ON m.message_key = d.message_key
WHERE
  d.place = 1 AND d.state = 'unknown'
GROUP BY
  m.scenario
UNION ALL
SELECT
  'guard',
  scenario,
  MAX(entries)
FROM runs.guards
WHERE
  released_at IS NULL
GROUP BY
  scenario
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST;
