SELECT DISTINCT
  as_of
FROM outbox.messages
WHERE
  as_of < :as_of
  AND (
    changed_at >= :began
    OR message_key IN (
      SELECT
        message_key
      FROM delivery.sends
      WHERE
        changed_at >= :began
    )
  )
ORDER BY
  as_of NULLS LAST;
