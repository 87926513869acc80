SELECT
  m.message_key,
  m.scenario,
  m.enrolment_id,
  m.step,
  m.channel,
  m.due_at,
  m.not_before,
  CASE WHEN m.changed_at < :until THEN m.status ELSE 'held' END AS status,
  CASE WHEN m.changed_at < :until THEN m.reason END AS reason,
  CASE WHEN m.changed_at < :until THEN m.detail END AS detail,
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
    WHERE
      changed_at < :until
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
