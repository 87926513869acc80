SELECT
  'held' AS status,
  :reason AS reason,
  :detail AS detail,
  :now AS changed_at
FROM outbox.messages
WHERE
  message_key IN (
    SELECT
      g.message_key
    FROM going AS g
    JOIN channels_of AS c
      ON c.channel = g.channel
    UNION ALL
    SELECT
      message_key
    FROM delivery.sends
    WHERE
      sender = :sender AND changed_at = :now AND state = 'retry' AND error = :not_tried
  );
