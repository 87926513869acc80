SELECT
  w.*,
  LEAD(w.occurred_at) OVER (
    PARTITION BY w.scenario, w.contact_id, w.key
    ORDER BY w.occurred_at NULLS LAST, w.activity_id NULLS LAST
  ) AS next_at
FROM (
  SELECT
    s.scenario,
    s.contact_id,
    s.key,
    s.activity_id,
    s.activity,
    s.occurred_at,
    s.loaded_at,
    s.props,
    s.holds
  FROM journeys.settling AS s
  JOIN live AS l
    ON l.scenario = s.scenario AND l.enters
  UNION
  SELECT
    m.scenario,
    m.contact_id,
    COALESCE(m.key, ''),
    m.activity_id,
    m.activity,
    m.occurred_at,
    m.loaded_at,
    m.props,
    m.holds
  FROM trigger_matches AS m
  JOIN live AS l
    ON l.scenario = m.scenario
  WHERE
    NOT l.settle_seconds IS NULL
    AND (
      m.occurred_at >= l.since OR m.loaded_at > l.since
    )
) AS w;

SELECT
  m.segment,
  m.contact_id
FROM segments.members AS m
WHERE
  m.segment IN (
    SELECT
      segment
    FROM live
    WHERE
      enters
  )
  AND m.contact_id IN (
    SELECT
      c.contact_id
    FROM segments.changes AS c
    WHERE
      c.as_of >= (
        SELECT
          MIN(since)
        FROM live
      )
      AND c.cause = 'data'
      AND c.segment IN (
        SELECT
          segment
        FROM live
        WHERE
          enters
      )
  );

SELECT
  l.scenario,
  m.contact_id,
  m.key,
  m.activity_id,
  m.activity,
  m.occurred_at AS triggered_at,
  m.occurred_at AS entered_at,
  m.props AS trigger_data
FROM trigger_matches AS m
JOIN live AS l
  ON l.scenario = m.scenario
WHERE
  l.settle_seconds IS NULL
  AND (
    m.occurred_at >= l.since OR m.loaded_at > l.since
  )
UNION ALL
SELECT
  l.scenario,
  w.contact_id,
  w.key,
  w.activity_id,
  w.activity,
  w.occurred_at,
  (
    w.occurred_at + MAKE_DT_INTERVAL(0, 0, 0, l.settle_seconds)
  ),
  w.props
FROM waiting_to_settle AS w
JOIN live AS l
  ON l.scenario = w.scenario
WHERE
  w.holds
  AND (
    w.occurred_at + MAKE_DT_INTERVAL(0, 0, 0, l.settle_seconds)
  ) <= :as_of
  AND (
    w.next_at IS NULL
    OR w.next_at >= (
      w.occurred_at + MAKE_DT_INTERVAL(0, 0, 0, l.settle_seconds)
    )
  )
UNION ALL
SELECT
  l.scenario,
  c.contact_id,
  CAST(c.as_of AS STRING),
  'segment:' || c.segment || ':' || CAST(c.as_of AS STRING),
  CAST(NULL AS STRING),
  c.as_of,
  c.as_of,
  CAST(NULL AS STRING)
FROM segments.changes AS c
JOIN live AS l
  ON l.segment = c.segment AND l.change = c.change
WHERE
  l.enters
  AND l.kind = 'segment'
  AND c.cause = 'data'
  AND c.as_of <= :as_of
  AND (
    c.as_of > l.looked_until OR (
      l.looked_until IS NULL AND c.as_of = :as_of
    )
  )
  AND (
    c.change = 'entered'
  ) = EXISTS(
    SELECT
      1
    FROM watched_members AS m
    WHERE
      m.segment = c.segment AND m.contact_id = c.contact_id
  )
UNION ALL
SELECT
  b.scenario,
  b.contact_id,
  CAST(:as_of AS STRING),
  'backfill:' || b.segment,
  CAST(NULL AS STRING),
  :as_of,
  :as_of,
  CAST(NULL AS STRING)
FROM (
  SELECT
    l.scenario,
    l.segment,
    l.backfill,
    m.contact_id,
    ROW_NUMBER() OVER (PARTITION BY l.scenario ORDER BY m.entered_at DESC, m.contact_id NULLS LAST) AS place
  FROM segments.members AS m
  JOIN live AS l
    ON l.segment = m.segment
  WHERE
    l.enters
    AND l.kind = 'segment'
    AND l.change = 'entered'
    AND l.looked_until IS NULL
    AND NOT l.backfill IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM segments.changes AS c
      WHERE
        c.segment = m.segment
        AND c.contact_id = m.contact_id
        AND c.as_of = :as_of
        AND c.change = 'entered'
        AND c.cause = 'data'
    )
) AS b
WHERE
  b.place <= b.backfill
UNION ALL
SELECT
  a.scenario,
  a.contact_id,
  a.key,
  a.activity_id,
  CAST(NULL AS STRING),
  a.moment,
  a.moment,
  a.trigger_data
FROM moments_ahead AS a
UNION ALL
SELECT
  i.scenario,
  i.contact_id,
  i.product_id || '@' || CAST(i.valid_from AS STRING),
  'product:' || i.product_id || '@' || CAST(i.valid_from AS STRING),
  CAST(NULL AS STRING),
  i.valid_from,
  i.valid_from,
  i.props
FROM interested AS i
UNION ALL
SELECT
  u.scenario,
  u.contact_id,
  u.message_key,
  'unanswered:' || u.message_key,
  CAST(NULL AS STRING),
  u.moment,
  u.moment,
  u.props
FROM unanswered AS u
UNION ALL
SELECT
  s.scenario,
  s.contact_id,
  s.started_by,
  'start:' || s.started_by || ':' || CAST(s.started_at AS STRING),
  CAST(NULL AS STRING),
  s.started_at,
  s.started_at,
  s.trigger_data
FROM journeys.starts AS s
JOIN live AS l
  ON l.scenario = s.scenario
WHERE
  l.enters
  AND l.kind = 'scenario'
  AND l.source = s.started_in
  AND s.as_of >= l.since
  AND (
    s.as_of > l.looked_until OR l.looked_until IS NULL
  );

SELECT
  1
FROM journeys.settling
WHERE
  EXISTS(
    SELECT
      1
    FROM live AS l
    WHERE
      l.scenario = settling.scenario AND l.enters
  );

SELECT
  w.scenario,
  w.contact_id,
  w.key,
  w.activity_id,
  w.activity,
  w.occurred_at,
  w.loaded_at,
  w.props,
  w.holds
FROM waiting_to_settle AS w
JOIN live AS l
  ON l.scenario = w.scenario
WHERE
  w.next_at IS NULL
  AND (
    w.occurred_at + MAKE_DT_INTERVAL(0, 0, 0, l.settle_seconds)
  ) > :as_of;
