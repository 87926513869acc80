WITH latest AS (
  SELECT
    contact_id,
    channel,
    topic,
    MAX(occurred_at) AS occurred_at,
    MAX_BY(CASE WHEN granted THEN basis ELSE 'withdrawn' END, occurred_at) AS basis
  FROM counted_consents
  GROUP BY
    contact_id,
    channel,
    topic
), standing AS (
  SELECT
    l.contact_id,
    l.channel,
    l.topic,
    CASE
      WHEN a.occurred_at > l.occurred_at
      OR (
        a.occurred_at = l.occurred_at AND a.basis = 'withdrawn'
      )
      THEN a.basis
      ELSE l.basis
    END AS basis
  FROM latest AS l
  LEFT JOIN latest AS a
    ON a.contact_id = l.contact_id AND a.channel = l.channel AND a.topic = 'all'
), bases AS (
  SELECT
    contact_id,
    channel,
    topic,
    CASE WHEN basis IN ('opt_in', 'existing_customer') THEN basis END AS basis
  FROM standing
  UNION ALL
  SELECT
    contact_id,
    '',
    '',
    NULL
  FROM recounted
  WHERE
    block = 'consents'
)
SELECT
  contact_id,
  MAX(CASE WHEN channel = 'email' THEN basis END) AS email_basis,
  MAX(CASE WHEN channel = 'sms' THEN basis END) AS sms_basis,
  MAX(CASE WHEN channel = 'push' THEN basis END) AS push_basis,
  CASE
    WHEN COUNT(CASE WHEN channel = 'email' AND topic = 'newsletter' THEN 1 END) > 0
    THEN MAX(CASE WHEN channel = 'email' AND topic = 'newsletter' THEN basis END)
    ELSE MAX(CASE WHEN channel = 'email' AND topic = 'all' THEN basis END)
  END AS newsletter_basis
FROM bases
GROUP BY
  contact_id;
