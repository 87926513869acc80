WITH asked AS (
  SELECT
    contact_id,
    email
  FROM raw.contacts
  WHERE
    contact_id = :asked OR email = LOWER(:asked)
)
SELECT
  c.contact_id,
  c.email,
  c.phone,
  c.country
FROM raw.contacts AS c
WHERE
  c.contact_id IN (
    SELECT
      contact_id
    FROM asked
  )
  OR c.email IN (
    SELECT
      email
    FROM asked
    WHERE
      NOT email IS NULL
  );

SELECT
  visitor_id
FROM (
  SELECT
    visitor_id,
    contact_id
  FROM raw.sessions
  WHERE
    NOT visitor_id IS NULL AND NOT contact_id IS NULL
  UNION
  SELECT
    visitor_id,
    contact_id
  FROM raw.site_events
  WHERE
    NOT visitor_id IS NULL AND NOT contact_id IS NULL
) AS v
GROUP BY
  visitor_id
HAVING
  BOOL_AND(contact_id IN (
    SELECT
      contact_id
    FROM leaving
  ));

SELECT
  order_id
FROM raw.orders
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM leaving
  );

SELECT
  event_id
FROM raw.site_events
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM leaving
  )
  OR (
    contact_id IS NULL
    AND visitor_id IN (
      SELECT
        visitor_id
      FROM leaving_visitors
    )
  );

SELECT
  message_key
FROM outbox.messages
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM leaving
  );

SELECT
  enrolment_id
FROM journeys.enrolments
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM leaving
  )
UNION
SELECT
  enrolment_id
FROM journeys.decisions
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM leaving
  );

SELECT
  kind,
  hash,
  :now AS since
FROM (
  SELECT
    'contact' AS kind,
    SHA2(contact_id, 256) AS hash
  FROM leaving
  UNION
  SELECT
    'visitor' AS kind,
    SHA2(visitor_id, 256) AS hash
  FROM leaving_visitors
) AS h
WHERE
  NOT hash IN (
    SELECT
      hash
    FROM delivery.forgotten
  );

SELECT
  channel,
  SHA2(address, 256) AS address_hash,
  'manual' AS reason,
  CAST(NULL AS STRING) AS topic,
  :now AS since
FROM (
  SELECT
    'email' AS channel,
    email AS address
  FROM leaving
  WHERE
    NOT email IS NULL
  UNION
  SELECT
    'sms' AS channel,
    phone AS address
  FROM leaving
  WHERE
    NOT phone IS NULL
  UNION
  SELECT
    'push' AS channel,
    CASE
      WHEN p256dh IS NULL
      THEN endpoint
      ELSE endpoint || ' ' || p256dh || ' ' || auth
    END AS address
  FROM raw.push_subscriptions
  WHERE
    contact_id IN (
      SELECT
        contact_id
      FROM leaving
    )
) AS a;

SELECT
  SHA2(order_id, 256) AS order_id,
  CAST('0001-01-01' AS TIMESTAMP_NTZ) AS ordered_at
FROM facts.baskets
WHERE
  order_id IN (
    SELECT
      order_id
    FROM leaving_orders
  );

SELECT
  1
FROM raw.order_lines
WHERE
  order_id IN (
    SELECT
      order_id
    FROM leaving_orders
  );

SELECT
  1
FROM raw.cart_lines
WHERE
  event_id IN (
    SELECT
      event_id
    FROM leaving_events
  );

SELECT
  1
FROM raw.site_events
WHERE
  event_id IN (
    SELECT
      event_id
    FROM leaving_events
  );

SELECT
  1
FROM raw.sessions
WHERE
  contact_id IS NULL
  AND visitor_id IN (
    SELECT
      visitor_id
    FROM leaving_visitors
  );

SELECT
  1
FROM raw.referrals
WHERE
  referrer_id IN (
    SELECT
      contact_id
    FROM leaving
  )
  OR referee_id IN (
    SELECT
      contact_id
    FROM leaving
  );

SELECT
  1
FROM raw.rejects
WHERE
  EXISTS(
    SELECT
      1
    FROM leaving AS l
    WHERE
      CONTAINS(rejects.row, l.email)
      OR CONTAINS(rejects.row, l.phone)
      OR CONTAINS(rejects.row, '"' || l.contact_id || '"')
      OR CONTAINS(rejects.reason, l.email)
      OR CONTAINS(rejects.reason, l.phone)
  );

SELECT
  1
FROM journeys.arms
WHERE
  subject IN (
    SELECT
      contact_id
    FROM leaving
  )
  OR subject IN (
    SELECT
      SHA2(email, 256)
    FROM leaving
    WHERE
      NOT email IS NULL
  );

SELECT
  1
FROM journeys.facts_seen
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM leaving_enrolments
  );

SELECT
  1
FROM journeys.observations
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM leaving_enrolments
  );

SELECT
  1
FROM journeys.in_flight_messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM leaving_messages
  );

SELECT
  1
FROM delivery.links
WHERE
  message_key IN (
    SELECT
      message_key
    FROM leaving_messages
  );
