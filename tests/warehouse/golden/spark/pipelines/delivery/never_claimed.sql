SELECT
  j.message_key,
  j.attempt
FROM journaled AS j
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM delivery.sends AS s
    WHERE
      s.message_key = j.message_key AND s.attempt = j.attempt
  );
