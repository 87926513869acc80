SELECT
  l.scenario,
  m.contact_id,
  m.message_key,
  (
    m.not_before + MAKE_DT_INTERVAL(0, 0, 0, l.within_seconds)
  ) AS moment,
  TO_JSON(
    NAMED_STRUCT(
      'message',
      m.template,
      'message_key',
      m.message_key,
      'sent_by',
      m.scenario,
      'sent_at',
      m.not_before
    ),
    MAP('ignoreNullFields', 'false')
  ) AS props
FROM live AS l
JOIN outbox.messages AS m
  ON m.template = l.message AND m.status = 'to_send'
WHERE
  l.enters
  AND l.kind = 'unanswered'
  AND (
    m.not_before + MAKE_DT_INTERVAL(0, 0, 0, l.within_seconds)
  ) > l.since
  AND (
    m.not_before + MAKE_DT_INTERVAL(0, 0, 0, l.within_seconds)
  ) <= :as_of
  AND NOT EXISTS(
    SELECT
      1
    FROM delivery.sends AS s
    WHERE
      s.message_key = m.message_key AND s.state = 'refused'
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM shop.message_events AS e
    WHERE
      e.message_key = m.message_key
      AND e.kind = l.event
      AND e.occurred_at < (
        m.not_before + MAKE_DT_INTERVAL(0, 0, 0, l.within_seconds)
      )
  );
