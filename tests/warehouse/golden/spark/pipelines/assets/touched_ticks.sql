SELECT DISTINCT
  as_of
FROM outbox.messages
WHERE
  as_of < :as_of
  AND (
    changed_at >= LEAST(
      :began,
      (
        SELECT
          MAX(started_at)
        FROM runs.ticks
        WHERE
          as_of < :as_of
      )
    )
    OR message_key IN (
      SELECT
        message_key
      FROM delivery.sends
      WHERE
        changed_at >= LEAST(
          :began,
          (
            SELECT
              MAX(started_at)
            FROM runs.ticks
            WHERE
              as_of < :as_of
          )
        )
    )
  )
ORDER BY
  as_of NULLS LAST;
