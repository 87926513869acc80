SELECT
  message_key
FROM outbox.messages
WHERE
  status IN ('to_send', 'held')
  AND expires_at > :now
  AND message_key IN (
    SELECT
      message_key
    FROM delivery.sends
    WHERE
      state IN ('accepted', 'refused')
  );
