SELECT
  1
FROM going
WHERE
  message_key IN (
    SELECT
      message_key
    FROM delivery.sends
    WHERE
      sender = :sender AND changed_at = :now AND state = 'claimed'
  );
