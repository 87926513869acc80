SELECT
  w.message_key,
  MIN(c.role) AS detail
FROM waiting AS w
JOIN journeys.enrolments AS e
  ON e.enrolment_id = w.enrolment_id
JOIN journeys.conditions AS c
  ON c.scenario = w.scenario AND c.version = w.version AND c.role IN ('goal', 'exit')
JOIN probe_matches AS m
  ON m.probe = c.probe AND m.contact_id = w.contact_id
WHERE
  (
    c.role <> 'goal'
    OR c.within_seconds IS NULL
    OR m.occurred_at <= (
      e.entered_at + MAKE_DT_INTERVAL(0, 0, 0, c.within_seconds)
    )
  )
  AND CASE
    WHEN m.occurred_at = e.triggered_at AND COALESCE(m.activity = e.activity, FALSE)
    THEN FALSE
    WHEN NOT c.match_key IS NULL AND NOT m.key IS NULL AND NOT e.trigger_key IS NULL
    THEN m.key = e.trigger_key
    ELSE m.occurred_at >= e.triggered_at
  END
GROUP BY
  w.message_key
UNION
SELECT
  w.message_key,
  d.outcome
FROM waiting AS w
JOIN journeys.endings AS d
  ON d.enrolment_id = w.enrolment_id AND d.outcome <> 'completed';
