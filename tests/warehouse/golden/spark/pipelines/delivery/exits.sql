SELECT
  w.message_key,
  MIN(c.role) AS detail
FROM waiting AS w
JOIN journeys.enrolments AS e
  ON e.enrolment_id = w.enrolment_id
JOIN journeys.conditions AS c
  ON c.scenario = w.scenario AND c.version = w.version AND c.role IN ('goal', 'exit')
JOIN probe_matches AS m
  ON m.probe = c.probe AND m.contact_id = w.contact_id AND m.occurred_at > e.entered_at
WHERE
  (
    c.role <> 'goal'
    OR c.within_seconds IS NULL
    OR m.occurred_at <= (
      e.entered_at + MAKE_DT_INTERVAL(0, 0, 0, c.within_seconds)
    )
  )
  AND (
    c.match_key IS NULL OR m.key IS NULL OR m.key = e.entry_key
  )
GROUP BY
  w.message_key
UNION
SELECT
  w.message_key,
  d.outcome
FROM waiting AS w
JOIN journeys.endings AS d
  ON d.enrolment_id = w.enrolment_id AND d.outcome <> 'completed';
