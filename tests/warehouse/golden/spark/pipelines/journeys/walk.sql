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
          CAST(ADD_MONTHS(
            CAST((
              w.leave_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
            ) AS DATE),
            CAST(COALESCE(n.months, 0) AS INT)
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
        w.ready AND NOT w.target IS NULL AND w.kind <> 'offer'
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
