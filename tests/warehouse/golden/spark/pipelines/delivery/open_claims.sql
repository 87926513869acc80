SELECT
  s.changed_at,
  s.message_key,
  s.attempt
FROM delivery.sends AS s
WHERE
  s.state = 'claimed'
  AND NOT EXISTS(
    SELECT
      1
    FROM delivery.sends AS later
    WHERE
      later.message_key = s.message_key
      AND later.attempt = s.attempt
      AND later.state <> 'claimed'
  );
