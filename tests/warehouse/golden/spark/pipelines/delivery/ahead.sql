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
    g.message_key,
    g.attempts,
    g.place
  FROM going AS g
  JOIN channels_of AS c
    ON c.channel = g.channel
  WHERE
    g.place > :after
  ORDER BY
    g.place NULLS LAST
  LIMIT :size
) AS g
JOIN outbox.messages AS m
  ON m.message_key = g.message_key
ORDER BY
  g.place NULLS LAST;
