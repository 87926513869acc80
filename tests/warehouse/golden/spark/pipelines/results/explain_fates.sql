WITH looked_at AS (
  SELECT
    m.*
  FROM outbox.messages AS m
  WHERE
    m.contact_id = :contact
    AND m.as_of <= :as_of
    AND m.changed_at < :until
    AND NOT m.reason IS NULL
)
SELECT
  m.message_key,
  x.reason || COALESCE(' ' || x.topic, '') || ' since' AS what,
  x.since AS moment,
  NULL AS amount
FROM looked_at AS m
JOIN delivery.suppressions AS x
  ON x.channel = m.channel
  AND x.address_hash IN (
    SHA2(m.address, 256),
    CASE WHEN m.channel = 'push' THEN SHA2(m.contact_id, 256) END
  )
  AND x.since <= m.changed_at
  AND (
    x.topic IS NULL OR x.topic = m.topic
  )
WHERE
  m.reason = 'suppressed'
UNION ALL
SELECT
  message_key,
  _c,
  occurred_at,
  NULL
FROM (
  SELECT
    m.message_key,
    CASE
      WHEN c.occurred_at IS NULL
      THEN 'never asked for ' || m.topic
      WHEN c.granted
      THEN c.basis || ' since'
      ELSE 'withdrawn'
    END AS _c,
    c.occurred_at,
    NULL,
    ROW_NUMBER() OVER (
      PARTITION BY m.message_key
      ORDER BY c.occurred_at DESC, CASE WHEN c.granted THEN 1 ELSE 0 END NULLS LAST
    ) AS _w
  FROM looked_at AS m
  LEFT JOIN shop.consents AS c
    ON c.contact_id = m.contact_id
    AND c.channel = m.channel
    AND c.topic IN (m.topic, 'all')
    AND c.occurred_at <= m.changed_at
  WHERE
    m.reason = 'no_consent'
) AS _t
WHERE
  _w = 1
UNION ALL
SELECT
  m.message_key,
  'worth something until',
  m.expires_at,
  NULL
FROM looked_at AS m
WHERE
  m.reason = 'expired'
UNION ALL
SELECT
  m.message_key,
  'no address for ' || m.channel,
  NULL,
  NULL
FROM looked_at AS m
WHERE
  m.reason = 'unreachable'
UNION ALL
SELECT
  m.message_key,
  'window ' || n.window_id,
  NULL,
  NULL
FROM looked_at AS m
JOIN journeys.nodes AS n
  ON n.scenario = m.scenario
  AND n.version = m.version
  AND n.step = m.step
  AND n.kind = 'send'
WHERE
  m.reason = 'quiet_hours' AND NOT n.window_id IS NULL
UNION ALL
SELECT
  m.message_key,
  o.scenario || ', ' || o.step || ' goes first: priority ' || CAST(o.priority AS STRING) || ' against ' || CAST(m.priority AS STRING),
  NULL,
  NULL
FROM looked_at AS m
JOIN outbox.messages AS o
  ON o.contact_id = m.contact_id
  AND o.as_of = m.as_of
  AND o.category = 'marketing'
  AND o.message_key <> m.message_key
  AND o.priority >= m.priority
  AND (
    o.status = 'to_send' OR o.reason IN ('quiet_hours', 'not_yet')
  )
WHERE
  m.reason = 'lower_priority'
UNION ALL
SELECT
  m.message_key,
  a.experiment || ' since',
  a.assigned_at,
  NULL
FROM looked_at AS m
JOIN facts.contacts AS f
  ON f.contact_id = m.contact_id
JOIN journeys.arms AS a
  ON a.subject = COALESCE(SHA2(f.email, 256), f.contact_id)
  AND a.arm = 'ghost'
  AND a.experiment IN ('holdout', 'holdout:' || m.scenario)
WHERE
  m.reason = 'holdout'
ORDER BY
  message_key NULLS LAST,
  what NULLS LAST;
