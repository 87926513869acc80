SELECT
  COUNT(*)
FROM (
  SELECT
    *,
    SHA2(address, 256) AS address_hash,
    TRUE AS own
  FROM outbox.messages
  UNION ALL
  SELECT
    *,
    SHA2(contact_id, 256),
    FALSE
  FROM outbox.messages
  WHERE
    channel = 'push'
) AS m
JOIN delivery.suppressions AS s
  ON s.channel = m.channel AND s.address_hash = m.address_hash
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
  AND (
    m.own OR s.reason <> 'hard_bounce'
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
