SELECT
  message_key,
  channel,
  address,
  fault,
  impossible,
  basis
FROM (
  SELECT
    message_key,
    channel,
    address,
    fault,
    impossible,
    basis,
    ROW_NUMBER() OVER (
      PARTITION BY message_key
      ORDER BY CASE WHEN impossible IS NULL THEN 0 ELSE 1 END NULLS LAST, place NULLS LAST
    ) AS _w
  FROM judged_options
) AS _t
WHERE
  _w = 1;

SELECT
  d.message_key
FROM due AS d
JOIN journeys.nodes AS n
  ON n.scenario = d.scenario
  AND n.version = d.version
  AND n.kind = 'send'
  AND n.step = d.step
  AND n.needs_code
WHERE
  NOT d.ghost
  AND NOT EXISTS(
    SELECT
      1
    FROM journeys.codes AS k
    WHERE
      k.enrolment_id = d.enrolment_id AND NOT k.code IS NULL
  );

SELECT
  d.*,
  c.channel,
  c.address,
  c.fault,
  c.impossible,
  CASE WHEN d.category = 'transactional' THEN 'transactional' ELSE c.basis END AS basis,
  COALESCE(f.locale, :locale) AS locale,
  COALESCE(f.timezone, :zone) AS contact_zone,
  CASE
    WHEN NOT c.impossible IS NULL
    THEN c.impossible
    WHEN d.state = 'paused:expire'
    THEN 'scenario_paused'
    WHEN d.not_before >= d.expires_at
    THEN 'expired'
    WHEN NOT w.message_key IS NULL
    THEN 'no_code'
    WHEN NOT :send
    THEN 'not_sent'
  END AS dropped_for
FROM due AS d
JOIN chosen AS c
  ON c.message_key = d.message_key
LEFT JOIN without_code AS w
  ON w.message_key = d.message_key
LEFT JOIN people AS f
  ON f.contact_id = d.contact_id;

SELECT
  g.*,
  ROW_NUMBER() OVER (
    PARTITION BY g.contact_id
    ORDER BY g.priority DESC, g.due_at NULLS LAST, g.scenario NULLS LAST, g.message_key NULLS LAST
  ) AS turn
FROM gated AS g
WHERE
  g.dropped_for IS NULL AND g.category = 'marketing';

SELECT
  m.segment,
  m.contact_id
FROM segments.members AS m
WHERE
  m.segment IN (
    SELECT
      segment
    FROM caps
  )
  AND m.contact_id IN (
    SELECT
      contact_id
    FROM ranked
  );

SELECT
  r.message_key,
  r.contact_id,
  r.not_before,
  c.name AS cap,
  c.at_most,
  c.span,
  c.clock,
  c.unit,
  c.seconds,
  c.channel,
  c.topic,
  CASE c.zone WHEN 'contact' THEN r.contact_zone ELSE :zone END AS cap_zone
FROM ranked AS r
JOIN caps AS c
  ON (
    c.channel IS NULL OR c.channel = r.channel
  )
  AND (
    c.topic IS NULL OR c.topic = r.topic
  )
WHERE
  c.segment IS NULL
  OR EXISTS(
    SELECT
      1
    FROM cap_members AS m
    WHERE
      m.segment = c.segment AND m.contact_id = r.contact_id
  );

SELECT
  message_key,
  contact_id,
  cap,
  at_most,
  span,
  clock,
  channel,
  topic,
  (
    not_before + MAKE_DT_INTERVAL(0, 0, 0, (
      -seconds
    ))
  ) AS counts_from,
  (
    not_before + MAKE_DT_INTERVAL(0, 0, 0, seconds)
  ) AS counts_until
FROM bound
WHERE
  clock = 'rolling'
UNION ALL
SELECT
  u.message_key,
  u.contact_id,
  u.cap,
  u.at_most,
  u.span,
  u.clock,
  u.channel,
  u.topic,
  (
    u.begins + MAKE_DT_INTERVAL(0, 0, 0, (
      -b.offset_seconds
    ))
  ) AS counts_from,
  (
    u.ends + MAKE_DT_INTERVAL(0, 0, 0, (
      -e.offset_seconds
    ))
  ) AS counts_until
FROM (
  SELECT
    d.*,
    CAST(CASE d.unit
      WHEN 'month'
      THEN DATE_ADD(CAST(LAST_DAY(d.begins) AS DATE), CAST(1 AS INT))
      WHEN 'week'
      THEN DATE_ADD(CAST(d.begins AS DATE), CAST(7 AS INT))
      ELSE DATE_ADD(CAST(d.begins AS DATE), CAST(1 AS INT))
    END AS TIMESTAMP_NTZ) AS ends
  FROM (
    SELECT
      c.*,
      CAST(DATE_TRUNC(c.unit, (
        c.not_before + MAKE_DT_INTERVAL(0, 0, 0, l.offset_seconds)
      )) AS TIMESTAMP_NTZ) AS begins
    FROM bound AS c
    JOIN calendar.zone_offsets AS l
      ON l.zone = c.cap_zone AND c.not_before >= l.starts_at AND c.not_before < l.ends_at
    WHERE
      c.clock = 'calendar'
  ) AS d
) AS u
JOIN calendar.zone_offsets AS b
  ON b.zone = u.cap_zone
  AND u.begins >= b.local_starts_at
  AND u.begins < b.local_ends_at
JOIN calendar.zone_offsets AS e
  ON e.zone = u.cap_zone AND u.ends >= e.local_starts_at AND u.ends < e.local_ends_at;

SELECT
  m.message_key,
  m.contact_id,
  m.channel,
  m.topic,
  m.not_before
FROM outbox.messages AS m
WHERE
  m.contact_id IN (
    SELECT
      contact_id
    FROM binding
  )
  AND m.category = 'marketing'
  AND (
    m.status = 'to_send'
    OR (
      m.status = 'held' AND NOT m.reason IN ('capped', 'lower_priority')
    )
  )
  AND m.not_before >= (
    :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
      -:longest_cap
    ))
  )
  AND NOT m.message_key IN (
    SELECT
      message_key
    FROM due
  );
