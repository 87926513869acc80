SELECT
  message_key,
  url
FROM delivery.links
WHERE
  message_key IN (
    SELECT
      message_key
    FROM to_render
    WHERE
      attempt > 1
  );
