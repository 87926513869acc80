WITH addressed AS (
  SELECT
    t.channel,
    t.kind,
    t.occurred_at,
    CASE
      WHEN t.kind = 'unsubscribed'
      AND t.reason IN (
        SELECT
          topic
        FROM journeys.versions
        UNION
        SELECT
          topic
        FROM raw.consents
        WHERE
          topic <> 'all'
      )
      THEN t.reason
    END AS topic,
    CASE
      WHEN t.channel = 'push' AND t.kind <> 'bounced'
      THEN t.contact_id
      ELSE COALESCE(
        m.address,
        CASE t.channel
          WHEN 'email'
          THEN c.email
          WHEN 'sms'
          THEN c.phone
          WHEN 'call_list'
          THEN c.phone
          ELSE t.contact_id
        END
      )
    END AS address
  FROM told AS t
  LEFT JOIN outbox.messages AS m
    ON m.message_key = t.message_key
  LEFT JOIN raw.contacts AS c
    ON c.contact_id = t.contact_id
  WHERE
    t.kind <> 'bounced' OR NOT STARTSWITH(LOWER(COALESCE(t.reason, '')), 'soft')
), reasons AS (
  SELECT
    channel,
    SHA2(address, 256) AS address_hash,
    CASE kind
      WHEN 'bounced'
      THEN 'hard_bounce'
      WHEN 'complained'
      THEN 'complaint'
      ELSE 'unsubscribed'
    END AS reason,
    topic,
    MAX(occurred_at) AS since
  FROM addressed
  WHERE
    NOT address IS NULL
  GROUP BY
    1,
    2,
    3,
    4
)
SELECT
  r.channel,
  r.address_hash,
  r.reason,
  r.topic,
  r.since
FROM reasons AS r
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM delivery.suppressions AS s
    WHERE
      s.channel = r.channel
      AND s.address_hash = r.address_hash
      AND s.reason = r.reason
      AND COALESCE(s.topic, '') = COALESCE(r.topic, '')
      AND s.since >= r.since
  );
