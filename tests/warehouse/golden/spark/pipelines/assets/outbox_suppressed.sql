SELECT
  COUNT(*)
FROM outbox.messages AS m
JOIN delivery.suppressions AS s
  ON s.channel = m.channel AND s.address_hash = SHA2(m.address, 256)
WHERE
  m.as_of = :as_of
  AND m.status = 'to_send'
  AND NOT m.message_key IN (
    SELECT
      message_key
    FROM delivery.sends
  )
  AND (
    s.reason IN ('hard_bounce', 'manual') OR m.category = 'marketing'
  )
  AND NOT (
    s.reason = 'unsubscribed'
    AND EXISTS(
      SELECT
        1
      FROM shop.consents AS c
      WHERE
        c.contact_id = m.contact_id
        AND c.channel = m.channel
        AND c.topic IN (m.topic, 'all')
        AND c.granted
        AND c.basis = 'opt_in'
        AND c.occurred_at > s.since
    )
  );
