WITH times AS (
  SELECT
    o.enrolment_id,
    o.condition,
    o.occurred_at,
    c.within_seconds
  FROM journeys.observations AS o
  JOIN touched AS t
    ON t.enrolment_id = o.enrolment_id
  JOIN journeys.conditions AS c
    ON c.scenario = t.scenario
    AND c.version = t.version
    AND c.condition = o.condition
    AND c.role = 'step'
), apart AS (
  SELECT
    *,
    CASE
      WHEN occurred_at < (
        LAG(occurred_at) OVER (PARTITION BY enrolment_id, condition ORDER BY occurred_at NULLS LAST) + MAKE_DT_INTERVAL(0, 0, 0, within_seconds)
      )
      THEN 0
      ELSE 1
    END AS begins
  FROM times
  WHERE
    NOT within_seconds IS NULL
), stretches AS (
  SELECT
    *,
    SUM(begins) OVER (PARTITION BY enrolment_id, condition ORDER BY occurred_at NULLS LAST) AS stretch
  FROM apart
)
SELECT
  enrolment_id,
  condition,
  MIN(occurred_at) AS holds_from,
  CAST('9999-12-31' AS TIMESTAMP_NTZ) AS holds_until
FROM times
WHERE
  within_seconds IS NULL
GROUP BY
  enrolment_id,
  condition
UNION ALL
SELECT
  enrolment_id,
  condition,
  MIN(occurred_at),
  (
    MAX(occurred_at) + MAKE_DT_INTERVAL(0, 0, 0, MAX(within_seconds))
  )
FROM stretches
GROUP BY
  enrolment_id,
  condition,
  stretch
UNION ALL
SELECT
  t.enrolment_id,
  c.condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM touched AS t
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario AND c.version = t.version AND c.kind = 'in_segment'
JOIN (
  SELECT
    segment,
    contact_id
  FROM segments.members
  WHERE
    segment IN (
      SELECT
        segment
      FROM journeys.conditions
      WHERE
        kind = 'in_segment'
    )
    AND contact_id IN (
      SELECT
        contact_id
      FROM touched
    )
) AS m
  ON m.segment = c.segment AND m.contact_id = t.contact_id
UNION ALL
SELECT DISTINCT
  t.enrolment_id,
  c.condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM touched AS t
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario AND c.version = t.version AND c.kind = 'tagged'
JOIN shop.contact_tags AS g
  ON g.contact_id = t.contact_id AND g.tag = c.tag AND g.removed_at IS NULL
UNION ALL
SELECT
  enrolment_id,
  condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM unused_codes
UNION ALL
SELECT
  enrolment_id,
  condition,
  CAST('0001-01-01' AS TIMESTAMP_NTZ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM state_matches;

SELECT
  enrolment_id,
  condition,
  COALESCE(
    MIN(CASE WHEN from_now THEN NULL ELSE holds_from END),
    CAST('0001-01-01' AS TIMESTAMP_NTZ)
  ),
  CAST('9999-12-31' AS TIMESTAMP_NTZ)
FROM (
  SELECT
    t.enrolment_id,
    a.condition,
    a.way,
    MAX(h.holds_from) AS holds_from,
    MIN(h.holds_from) = CAST('0001-01-01' AS TIMESTAMP_NTZ) AS from_now
  FROM touched AS t
  JOIN journeys.alternatives AS a
    ON a.scenario = t.scenario AND a.version = t.version AND a.part <> a.condition
  JOIN (
    SELECT
      enrolment_id,
      condition,
      MIN(holds_from) AS holds_from
    FROM holds
    GROUP BY
      enrolment_id,
      condition
  ) AS h
    ON h.enrolment_id = t.enrolment_id AND h.condition = a.part
  GROUP BY
    t.enrolment_id,
    a.condition,
    a.way
  HAVING
    COUNT(*) = MAX(a.parts)
) AS w
GROUP BY
  enrolment_id,
  condition;

SELECT
  m.enrolment_id,
  c.condition,
  MIN(m.lost_at) AS lost_at
FROM journeys.in_flight_messages AS m
JOIN touched AS t
  ON t.enrolment_id = m.enrolment_id
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario
  AND c.version = t.version
  AND c.kind = 'message'
  AND c.step = m.step
WHERE
  NOT m.lost_at IS NULL
GROUP BY
  m.enrolment_id,
  c.condition;

SELECT
  enrolment_id,
  condition,
  MAX(lost_at)
FROM (
  SELECT
    t.enrolment_id,
    a.condition,
    a.way,
    MIN(l.lost_at) AS lost_at
  FROM touched AS t
  JOIN journeys.alternatives AS a
    ON a.scenario = t.scenario AND a.version = t.version AND a.part <> a.condition
  LEFT JOIN lost AS l
    ON l.enrolment_id = t.enrolment_id AND l.condition = a.part
  GROUP BY
    t.enrolment_id,
    a.condition,
    a.way
) AS w
GROUP BY
  enrolment_id,
  condition
HAVING
  COUNT(lost_at) = COUNT(*);

WITH clocks AS (
  SELECT DISTINCT
    n.clock
  FROM journeys.nodes AS n
  WHERE
    NOT n.clock IS NULL
    AND EXISTS(
      SELECT
        1
      FROM touched AS t
      WHERE
        t.scenario = n.scenario AND t.version = n.version
    )
), zones AS (
  SELECT DISTINCT
    zone
  FROM touched
), span AS (
  SELECT
    DATE_ADD(
      CAST((
        SELECT
          MIN(reached_at)
        FROM touched
      ) AS DATE),
      CAST((
        -2
      ) AS INT)
    ) AS first_day,
    DATE_ADD(
      CAST(:horizon AS DATE),
      CAST((
        3 + (
          SELECT
            COALESCE(MAX(n.days), 0)
          FROM journeys.nodes AS n
        )
      ) AS INT)
    ) AS last_day
)
SELECT
  z.zone,
  c.clock,
  d.day,
  (
    (
      CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, c.clock)
    ) + MAKE_DT_INTERVAL(0, 0, 0, (
      -o.offset_seconds
    ))
  ) AS instant
FROM clocks AS c
CROSS JOIN zones AS z
JOIN span AS s
  ON TRUE
JOIN calendar.days AS d
  ON d.day >= s.first_day AND d.day <= s.last_day
JOIN calendar.zone_offsets AS o
  ON o.zone = z.zone
  AND (
    CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, c.clock)
  ) >= o.local_starts_at
  AND (
    CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, c.clock)
  ) < o.local_ends_at;

SELECT
  d.enrolment_id,
  d.node,
  (
    d.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ) AS instant
FROM (
  SELECT
    w.enrolment_id,
    w.node,
    w.zone,
    CASE
      WHEN NOT w.clock IS NULL
      THEN (
        CAST(DATE_ADD(CAST(w.local_moment AS DATE), CAST(w.days AS INT)) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, w.clock)
      )
      ELSE (
        w.local_moment + MAKE_DT_INTERVAL(0, 0, 0, (
          w.days * 86400
        ))
      )
    END AS local_at
  FROM (
    SELECT
      t.enrolment_id,
      n.node,
      t.zone,
      n.clock,
      n.days,
      CASE
        WHEN LENGTH(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']'))) <= 10
        THEN CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ)
        ELSE (
          CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, o.offset_seconds)
        )
      END AS local_moment
    FROM touched AS t
    JOIN journeys.nodes AS n
      ON n.kind = 'wait_date' AND n.scenario = t.scenario AND n.version = t.version
    JOIN journeys.enrolments AS e
      ON e.enrolment_id = t.enrolment_id
    JOIN calendar.zone_offsets AS o
      ON o.zone = t.zone
      AND CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ) >= o.starts_at
      AND CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ) < o.ends_at
  ) AS w
) AS d
JOIN calendar.zone_offsets AS z
  ON z.zone = d.zone
  AND d.local_at >= z.local_starts_at
  AND d.local_at < z.local_ends_at;

SELECT
  w.*,
  COALESCE(
    LAG(w.closes_at) OVER (PARTITION BY w.window_id, w.zone ORDER BY w.opens_at NULLS LAST),
    CAST('0001-01-01' AS TIMESTAMP_NTZ)
  ) AS next_from
FROM (
  SELECT
    n.window_id,
    z.zone,
    (
      (
        CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, n.opens_seconds)
      ) + MAKE_DT_INTERVAL(0, 0, 0, (
        -o.offset_seconds
      ))
    ) AS opens_at,
    (
      (
        CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, n.closes_seconds)
      ) + MAKE_DT_INTERVAL(0, 0, 0, (
        -c.offset_seconds
      ))
    ) AS closes_at
  FROM journeys.windows AS n
  CROSS JOIN (
    SELECT DISTINCT
      zone
    FROM touched
  ) AS z
  JOIN calendar.days AS d
    ON d.isodow = n.isodow
    AND d.day >= DATE_ADD(CAST(:as_of AS DATE), CAST((
      -3
    ) AS INT))
    AND d.day <= DATE_ADD(CAST(:horizon AS DATE), CAST(10 AS INT))
  JOIN calendar.zone_offsets AS o
    ON o.zone = z.zone
    AND (
      CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, n.opens_seconds)
    ) >= o.local_starts_at
    AND (
      CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, n.opens_seconds)
    ) < o.local_ends_at
  JOIN calendar.zone_offsets AS c
    ON c.zone = z.zone
    AND (
      CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, n.closes_seconds)
    ) >= c.local_starts_at
    AND (
      CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, n.closes_seconds)
    ) < c.local_ends_at
) AS w
WHERE
  w.opens_at < w.closes_at;

SELECT
  a.experiment,
  a.subject,
  a.arm
FROM journeys.arms AS a
WHERE
  a.subject IN (
    SELECT
      contact_id
    FROM touched
  );

SELECT
  f.enrolment_id,
  f.step
FROM journeys.moves AS m
JOIN touched AS t
  ON t.enrolment_id = m.enrolment_id
JOIN journeys.in_flight_messages AS f
  ON f.enrolment_id = m.enrolment_id
GROUP BY
  f.enrolment_id,
  f.step;

WITH RECURSIVE walk AS (
  SELECT
    t.enrolment_id,
    t.scenario,
    t.version,
    t.contact_id,
    t.entered_at,
    t.entry_key,
    t.ghost,
    t.zone,
    t.variant,
    CAST(0 AS BIGINT) AS depth,
    CAST(NULL AS BIGINT) AS node,
    'begin' AS kind,
    CAST(NULL AS STRING) AS step,
    t.reached_at,
    t.reached_at AS leave_at,
    t.node AS target,
    TRUE AS ready,
    FALSE AS falls_due,
    CAST(NULL AS BOOLEAN) AS yes,
    CAST(NULL AS STRING) AS arm,
    CAST(NULL AS STRING) AS message,
    CAST(NULL AS STRING) AS channels,
    CAST(NULL AS BIGINT) AS valid_seconds,
    CAST(NULL AS STRING) AS on_capped,
    CAST(NULL AS STRING) AS word,
    CAST(NULL AS BIGINT) AS condition
  FROM touched AS t
  UNION ALL
  SELECT
    s.enrolment_id,
    s.scenario,
    s.version,
    s.contact_id,
    s.entered_at,
    s.entry_key,
    s.ghost,
    s.zone,
    COALESCE(s.arm, s.variant),
    s.depth,
    s.node,
    s.kind,
    s.step,
    s.reached_at,
    s.leave_at,
    CASE
      WHEN NOT s.kind IN ('if', 'split', 'wait_for', 'wait_date') OR s.yes
      THEN s.next
      ELSE s.other
    END,
    s.arrived
    AND CASE
      WHEN s.kind = 'send' AND NOT s.had
      THEN s.on_capped <> 'hold'
      ELSE s.leave_at <= GREATEST(:as_of, s.entered_at)
    END,
    s.arrived AND s.kind = 'send' AND NOT s.had,
    s.yes,
    s.arm,
    s.message,
    s.channels,
    s.valid_seconds,
    s.on_capped,
    s.word,
    s.condition
  FROM (
    SELECT
      a.*,
      a.reached_at <= :as_of OR a.reached_at = a.entered_at AS arrived,
      CASE
        WHEN a.kind = 'split'
        THEN CASE WHEN a.yes THEN a.arm_yes ELSE a.arm_no END
      END AS arm,
      CASE a.kind
        WHEN 'wait'
        THEN (
          a.reached_at + MAKE_DT_INTERVAL(0, 0, 0, a.seconds)
        )
        WHEN 'wait_until'
        THEN GREATEST(a.instant, a.reached_at)
        WHEN 'wait_days'
        THEN GREATEST(a.instant, a.reached_at)
        WHEN 'wait_date'
        THEN GREATEST(COALESCE(a.awaited, a.reached_at), a.reached_at)
        WHEN 'wait_for'
        THEN CASE
          WHEN a.yes AND a.holds_from = CAST('0001-01-01' AS TIMESTAMP_NTZ)
          THEN LEAST(
            GREATEST(a.reached_at, :as_of),
            (
              a.reached_at + MAKE_DT_INTERVAL(0, 0, 0, a.seconds)
            )
          )
          WHEN a.yes
          THEN GREATEST(a.reached_at, a.holds_from)
          WHEN NOT a.lost_at IS NULL
          THEN LEAST(
            GREATEST(a.reached_at, a.lost_at),
            (
              a.reached_at + MAKE_DT_INTERVAL(0, 0, 0, a.seconds)
            )
          )
          ELSE (
            a.reached_at + MAKE_DT_INTERVAL(0, 0, 0, a.seconds)
          )
        END
        WHEN 'send'
        THEN CASE
          WHEN a.had
          THEN a.reached_at
          ELSE GREATEST(
            a.reached_at,
            :as_of,
            LEAST(
              COALESCE(a.opens_at, a.reached_at),
              (
                a.reached_at + MAKE_DT_INTERVAL(0, 0, 0, a.valid_seconds)
              )
            )
          )
        END
        ELSE a.reached_at
      END AS leave_at
    FROM (
      SELECT
        w.enrolment_id,
        w.scenario,
        w.version,
        w.contact_id,
        w.entered_at,
        w.entry_key,
        w.ghost,
        w.zone,
        w.variant,
        w.depth + 1 AS depth,
        w.leave_at AS reached_at,
        n.node,
        n.kind,
        n.step,
        n.next,
        n.other,
        n.seconds,
        n.message,
        n.channels,
        n.valid_seconds,
        n.on_capped,
        n.word,
        n.condition,
        n.arm AS arm_yes,
        n.other_arm AS arm_no,
        m.instant,
        o.opens_at,
        l.lost_at,
        h.holds_from,
        d.instant AS awaited,
        NOT b.enrolment_id IS NULL AS had,
        CASE n.kind
          WHEN 'if'
          THEN NOT h.enrolment_id IS NULL
          WHEN 'wait_date'
          THEN COALESCE(d.instant > w.leave_at, FALSE)
          WHEN 'wait_for'
          THEN COALESCE(h.holds_from < (
            w.leave_at + MAKE_DT_INTERVAL(0, 0, 0, n.seconds)
          ), FALSE)
          WHEN 'split'
          THEN COALESCE(
            g.arm = n.arm,
            (
              CAST(CONV(
                SUBSTRING(MD5(CAST((
                  w.scenario || ':' || n.step || '|' || w.contact_id
                ) AS STRING)), 1, 8),
                16,
                10
              ) AS BIGINT) % 10000
            ) < n.below
          )
        END AS yes
      FROM walk AS w
      JOIN journeys.nodes AS n
        ON n.scenario = w.scenario AND n.version = w.version AND n.node = w.target
      LEFT JOIN holds AS h
        ON h.enrolment_id = w.enrolment_id
        AND h.condition = n.condition
        AND (
          n.kind = 'wait_for'
          OR (
            (
              h.holds_from < w.leave_at OR h.holds_from = w.entered_at
            )
            AND w.leave_at < h.holds_until
          )
        )
      LEFT JOIN lost AS l
        ON l.enrolment_id = w.enrolment_id
        AND l.condition = n.condition
        AND n.kind = 'wait_for'
      LEFT JOIN had AS b
        ON b.enrolment_id = w.enrolment_id AND b.step = n.step AND n.kind = 'send'
      LEFT JOIN dates_awaited AS d
        ON d.enrolment_id = w.enrolment_id AND d.node = n.node
      LEFT JOIN arms_given AS g
        ON n.kind = 'split'
        AND g.experiment = w.scenario || ':' || n.step
        AND g.subject = w.contact_id
      LEFT JOIN calendar.zone_offsets AS z
        ON NOT n.clock IS NULL
        AND z.zone = w.zone
        AND w.leave_at >= z.starts_at
        AND w.leave_at < z.ends_at
      LEFT JOIN moments AS m
        ON m.zone = w.zone
        AND m.clock = n.clock
        AND m.day = DATE_ADD(
          CAST((
            w.leave_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
          ) AS DATE),
          CAST(CASE
            WHEN n.kind = 'wait_days'
            THEN n.days
            WHEN CAST(FLOOR(
              (
                UNIX_MICROS(
                  CAST((
                    w.leave_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
                  ) AS TIMESTAMP)
                ) - UNIX_MICROS(
                  CAST(CAST(CAST((
                    w.leave_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
                  ) AS DATE) AS TIMESTAMP_NTZ) AS TIMESTAMP)
                )
              ) / 1000000
            ) AS BIGINT) <= n.clock
            THEN 0
            ELSE 1
          END AS INT)
        )
      LEFT JOIN openings AS o
        ON o.window_id = n.window_id
        AND o.zone = w.zone
        AND GREATEST(w.leave_at, :as_of) >= o.next_from
        AND GREATEST(w.leave_at, :as_of) < o.closes_at
      WHERE
        w.ready AND NOT w.target IS NULL
    ) AS a
  ) AS s
)
SELECT
  CAST(:round AS BIGINT) AS round,
  enrolment_id,
  scenario,
  version,
  contact_id,
  entered_at,
  entry_key,
  ghost,
  variant,
  depth,
  node,
  kind,
  step,
  reached_at,
  leave_at,
  target,
  ready,
  falls_due,
  yes,
  arm,
  message,
  channels,
  valid_seconds,
  on_capped,
  word,
  condition
FROM walk
WHERE
  depth > 0;
