SELECT
  m.scenario,
  m.enrolment_id,
  m.step,
  m.channel,
  m.due_at,
  m.not_before,
  m.status,
  m.reason,
  m.detail,
  m.basis,
  s.state,
  s.changed_at AS handed_over_at
FROM outbox.messages AS m
LEFT JOIN (
  SELECT
    message_key,
    state,
    changed_at
  FROM (
    SELECT
      message_key,
      state,
      changed_at,
      ROW_NUMBER() OVER (
        PARTITION BY message_key
        ORDER BY attempt DESC, CASE state WHEN 'claimed' THEN 0 WHEN 'unknown' THEN 1 ELSE 2 END DESC
      ) AS _w
    FROM delivery.sends
  ) AS _t
  WHERE
    _w = 1
) AS s
  ON s.message_key = m.message_key
WHERE
  m.contact_id = :contact AND m.as_of <= :as_of
ORDER BY
  m.due_at NULLS LAST,
  m.scenario NULLS LAST,
  m.step NULLS LAST;
