SELECT
  w.message_key,
  n.window_id,
  COALESCE(p.timezone, :zone) AS zone
FROM waiting AS w
JOIN journeys.nodes AS n
  ON n.scenario = w.scenario
  AND n.version = w.version
  AND n.step = w.step
  AND n.kind = 'send'
  AND NOT n.window_id IS NULL
LEFT JOIN people AS p
  ON p.contact_id = w.contact_id
WHERE
  w.category = 'marketing' AND w.not_before <= :now;
