SELECT
  m.as_of,
  CASE
    WHEN m.status = 'dropped'
    THEN m.reason
    WHEN m.message_key IN (
      SELECT
        message_key
      FROM delivery.sends
      WHERE
        state = 'accepted'
    )
    THEN 'sent'
    ELSE 'waiting'
  END AS what,
  COUNT(*) AS messages
FROM outbox.messages AS m
WHERE
  m.as_of IN (
    SELECT
      as_of
    FROM runs.ticks
    WHERE
      as_of <= :as_of
    ORDER BY
      as_of DESC
    LIMIT :ticks
  )
GROUP BY
  1,
  2
ORDER BY
  1 NULLS LAST,
  2 NULLS LAST;
