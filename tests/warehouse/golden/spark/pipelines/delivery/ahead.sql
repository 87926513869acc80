SELECT
  m.message_key,
  m.enrolment_id,
  m.scenario,
  m.step,
  m.contact_id,
  m.channel,
  m.address,
  m.topic,
  m.category,
  m.template,
  m.locale,
  m.priority,
  m.due_at,
  m.not_before,
  m.expires_at,
  g.attempts + 1 AS attempt,
  g.place
FROM (
  SELECT
    message_key,
    attempts,
    place
  FROM going
  WHERE
    place > :after
  ORDER BY
    place NULLS LAST
  LIMIT :size
) AS g
JOIN outbox.messages AS m
  ON m.message_key = g.message_key
ORDER BY
  g.place NULLS LAST;
