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
  u.scenario,
  u.contact_id,
  CAST(u.year AS STRING),
  'birth_date:' || CAST(u.year AS STRING),
  CAST(NULL AS STRING),
  (
    u.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ),
  (
    u.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ),
  CAST(NULL AS STRING)
FROM (
  SELECT
    l.scenario,
    l.looked_ahead,
    c.contact_id,
    c.timezone,
    YEAR(d.day) AS year,
    (
      CAST(DATE_ADD(CAST(d.day AS DATE), CAST(l.offset_days AS INT)) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, l.clock)
    ) AS local_at
  FROM live AS l
  JOIN calendar.days AS d
    ON d.day >= DATE_ADD(
      CAST(COALESCE(l.looked_ahead, :day_start) AS DATE),
      CAST((
        -2 - l.offset_days
      ) AS INT)
    )
    AND d.day <= DATE_ADD(CAST(:horizon AS DATE), CAST((
      2 - l.offset_days
    ) AS INT))
  JOIN facts.contacts AS c
    ON c.birth_date < d.day
    AND MONTH(c.birth_date) = MONTH(d.day)
    AND (
      DAY(c.birth_date) = DAY(d.day)
      OR (
        MONTH(d.day) = 2
        AND DAY(d.day) = 28
        AND DAY(c.birth_date) = 29
        AND DAY(LAST_DAY(d.day)) = 28
      )
    )
  WHERE
    l.enters AND l.kind = 'anniversary'
) AS u
JOIN calendar.zone_offsets AS z
  ON z.zone = u.timezone
  AND u.local_at >= z.local_starts_at
  AND u.local_at < z.local_ends_at
WHERE
  (
    u.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ) <= :horizon
  AND (
    (
      u.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
        -z.offset_seconds
      ))
    ) > u.looked_ahead
    OR (
      u.looked_ahead IS NULL
      AND (
        u.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
          -z.offset_seconds
        ))
      ) >= :day_start
    )
  );

SELECT
  k.*,
  MD5(k.scenario || '|' || k.contact_id || '|' || k.entry_key) AS enrolment_id,
  ROW_NUMBER() OVER (
    PARTITION BY k.scenario, k.contact_id
    ORDER BY k.entered_at NULLS LAST, k.triggered_at NULLS LAST, k.activity_id NULLS LAST
  ) AS place
FROM (
  SELECT
    t.scenario,
    l.version,
    t.contact_id,
    t.activity_id,
    t.activity,
    t.triggered_at,
    t.entered_at,
    t.trigger_data,
    CASE l.reentry
      WHEN 'never'
      THEN ''
      WHEN 'per_key'
      THEN COALESCE(t.key, '')
      WHEN 'once_per_year'
      THEN CASE
        WHEN l.kind = 'anniversary'
        THEN t.key
        ELSE CAST(YEAR((
          t.entered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
        )) AS STRING)
      END
      ELSE t.activity_id
    END AS entry_key,
    CASE WHEN l.kind = 'activity' THEN NULLIF(t.key, '') END AS trigger_key,
    CAST((
      t.entered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
    ) AS DATE) AS entered_on
  FROM triggered AS t
  JOIN live AS l
    ON l.scenario = t.scenario
  JOIN calendar.zone_offsets AS z
    ON z.zone = :zone AND t.entered_at >= z.starts_at AND t.entered_at < z.ends_at
) AS k;

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
