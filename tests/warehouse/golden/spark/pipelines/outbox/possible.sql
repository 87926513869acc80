SELECT
  contact_id,
  address
FROM (
  SELECT
    s.contact_id,
    s.address,
    ROW_NUMBER() OVER (PARTITION BY s.contact_id ORDER BY s.subscribed_at DESC, s.endpoint NULLS LAST) AS _w
  FROM (
    SELECT
      contact_id,
      endpoint,
      subscribed_at,
      CASE
        WHEN p256dh IS NULL
        THEN endpoint
        ELSE endpoint || ' ' || p256dh || ' ' || auth
      END AS address
    FROM shop.push_subscriptions
    WHERE
      ended_at IS NULL
      AND contact_id IN (
        SELECT
          d.contact_id
        FROM due AS d
        JOIN channels AS c
          ON c.channels = d.channels AND c.channel = 'push'
      )
  ) AS s
  WHERE
    NOT s.address IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM delivery.suppressions AS x
      WHERE
        x.channel = 'push'
        AND x.address_hash = SHA2(s.address, 256)
        AND x.reason = 'hard_bounce'
    )
) AS _t
WHERE
  _w = 1;

SELECT
  d.message_key,
  d.contact_id,
  c.channel,
  CASE
    WHEN c.answered_first AND c.channel = f.preferred_channel
    THEN -1
    ELSE c.place
  END AS place,
  d.topic,
  d.category,
  d.due_at,
  CASE c.channel
    WHEN 'email'
    THEN f.email
    WHEN 'sms'
    THEN CASE WHEN g.channel IS NULL OR p.fault IS NULL THEN p.phone END
    WHEN 'call_list'
    THEN CASE WHEN g.channel IS NULL OR p.fault IS NULL THEN p.phone END
    WHEN 'push'
    THEN b.address
    ELSE d.contact_id
  END AS address,
  CASE WHEN NOT g.channel IS NULL THEN p.fault END AS fault,
  f.order_count
FROM due AS d
JOIN channels AS c
  ON c.channels = d.channels
LEFT JOIN people AS f
  ON f.contact_id = d.contact_id
LEFT JOIN phones AS p
  ON p.contact_id = d.contact_id
LEFT JOIN judged_channels AS g
  ON g.channel = c.channel
LEFT JOIN pushable AS b
  ON b.contact_id = d.contact_id;

SELECT
  message_key,
  channel,
  granted,
  basis,
  since
FROM (
  SELECT
    o.message_key,
    o.channel,
    s.granted,
    s.basis,
    s.occurred_at AS since,
    ROW_NUMBER() OVER (
      PARTITION BY o.message_key, o.channel
      ORDER BY s.occurred_at DESC, CASE WHEN s.granted THEN 1 ELSE 0 END NULLS LAST, s.topic NULLS LAST, s.basis NULLS LAST
    ) AS _w
  FROM options AS o
  JOIN shop.consents AS s
    ON s.contact_id = o.contact_id
    AND s.channel = o.channel
    AND s.topic IN (o.topic, 'all')
) AS _t
WHERE
  _w = 1;

SELECT DISTINCT
  o.message_key,
  o.channel
FROM (
  SELECT
    message_key,
    channel,
    category,
    topic,
    SHA2(address, 256) AS address_hash,
    TRUE AS own
  FROM options
  WHERE
    NOT address IS NULL
  UNION ALL
  SELECT
    message_key,
    channel,
    category,
    topic,
    SHA2(contact_id, 256),
    FALSE
  FROM options
  WHERE
    channel = 'push' AND NOT address IS NULL
) AS o
JOIN delivery.suppressions AS x
  ON x.channel = o.channel AND x.address_hash = o.address_hash
LEFT JOIN standing_consents AS s
  ON s.message_key = o.message_key AND s.channel = o.channel
WHERE
  x.reason = 'manual'
  OR (
    o.own AND x.reason = 'hard_bounce'
  )
  OR (
    o.category = 'marketing' AND x.reason = 'complaint'
  )
  OR (
    o.category = 'marketing'
    AND x.reason = 'unsubscribed'
    AND COALESCE(x.topic, o.topic) = o.topic
    AND NOT COALESCE(s.granted AND s.basis = 'opt_in' AND s.since > x.since, FALSE)
  );

SELECT
  o.message_key,
  o.channel,
  o.place,
  o.address,
  o.fault,
  s.basis,
  CASE
    WHEN o.address IS NULL
    THEN 'unreachable'
    WHEN NOT x.message_key IS NULL
    THEN 'suppressed'
    WHEN o.category = 'transactional'
    THEN NULL
    WHEN COALESCE(s.granted, FALSE)
    AND (
      s.basis = 'opt_in' OR (
        s.basis = 'existing_customer' AND o.order_count > 0
      )
    )
    THEN NULL
    ELSE 'no_consent'
  END AS impossible
FROM options AS o
LEFT JOIN standing_consents AS s
  ON s.message_key = o.message_key AND s.channel = o.channel
LEFT JOIN suppressed_options AS x
  ON x.message_key = o.message_key AND x.channel = o.channel;
