SELECT
  channel,
  reason,
  COUNT(*) AS messages,
  MIN(goes_at) AS goes_at,
  MIN(detail) AS detail
FROM (
  SELECT
    m.channel,
    CASE
      WHEN l.state = 'unknown'
      THEN 'unknown'
      WHEN l.retry_at > :now
      THEN 'sender_retry'
      ELSE m.reason
    END AS reason,
    CASE
      WHEN l.state = 'unknown'
      THEN NULL
      WHEN l.retry_at > :now
      THEN l.retry_at
      WHEN m.not_before > :now
      THEN m.not_before
    END AS goes_at,
    CASE WHEN l.state IS NULL OR l.retry_at <= :now THEN m.detail ELSE l.error END AS detail
  FROM outbox.messages AS m
  LEFT JOIN (
    SELECT
      message_key,
      state,
      retry_at,
      error
    FROM (
      SELECT
        message_key,
        state,
        retry_at,
        error,
        ROW_NUMBER() OVER (
          PARTITION BY message_key
          ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
        ) AS _w
      FROM delivery.sends
      WHERE
        message_key IN (
          SELECT
            message_key
          FROM outbox.messages
          WHERE
            status IN ('to_send', 'held') AND expires_at > :now
        )
    ) AS _t
    WHERE
      _w = 1
  ) AS l
    ON l.message_key = m.message_key
  WHERE
    m.status IN ('to_send', 'held')
    AND m.expires_at > :now
    AND COALESCE(l.state, 'retry') IN ('retry', 'unknown')
) AS w
GROUP BY
  channel,
  reason
ORDER BY
  channel NULLS LAST,
  messages DESC,
  reason NULLS LAST;
