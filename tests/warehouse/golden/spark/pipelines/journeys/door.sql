SELECT
  k.enrolment_id,
  k.activity_id,
  MAX(c.role) AS role
FROM candidates AS k
JOIN journeys.conditions AS c
  ON c.scenario = k.scenario AND c.version = k.version AND c.role IN ('goal', 'exit')
JOIN probe_matches AS m
  ON m.probe = c.probe
  AND m.contact_id = k.contact_id
  AND m.occurred_at <= k.entered_at
WHERE
  NOT (
    m.occurred_at = k.triggered_at AND COALESCE(m.activity = k.activity, FALSE)
  )
  AND CASE
    WHEN NOT c.match_key IS NULL AND NOT m.key IS NULL AND NOT k.trigger_key IS NULL
    THEN m.key = k.trigger_key
    ELSE m.occurred_at >= k.triggered_at
  END
GROUP BY
  k.enrolment_id,
  k.activity_id;

SELECT
  m.segment,
  m.contact_id
FROM segments.members AS m
WHERE
  m.segment IN (
    SELECT
      segment
    FROM audience_segments
  )
  AND m.contact_id IN (
    SELECT
      contact_id
    FROM candidates
  );

SELECT DISTINCT
  k.scenario,
  k.contact_id
FROM candidates AS k
JOIN live AS l
  ON l.scenario = k.scenario
WHERE
  EXISTS(
    SELECT
      1
    FROM audience_segments AS a
    WHERE
      a.scenario = k.scenario
      AND a.wanted <> EXISTS(
        SELECT
          1
        FROM audience_members AS m
        WHERE
          m.segment = a.segment AND m.contact_id = k.contact_id
      )
  )
  OR (
    NOT l.audience_where IS NULL
    AND NOT EXISTS(
      SELECT
        1
      FROM audience_matches AS w
      WHERE
        w.scenario = k.scenario AND w.contact_id = k.contact_id
    )
  );

SELECT DISTINCT
  x.scenario,
  p.contact_id
FROM exclusive_pairs AS x
JOIN journeys.positions AS p
  ON p.scenario = x.other
WHERE
  p.contact_id IN (
    SELECT
      contact_id
    FROM candidates
  );

SELECT
  k.*,
  CASE
    WHEN f.contact_id IS NULL
    THEN 'unknown_contact'
    WHEN l.kind IN ('activity', 'product')
    AND CAST(FLOOR(
      (
        UNIX_MICROS(CAST(:as_of AS TIMESTAMP)) - UNIX_MICROS(CAST(k.triggered_at AS TIMESTAMP))
      ) / 1000000
    ) AS BIGINT) > l.max_age_seconds
    THEN 'trigger_too_old'
    WHEN NOT o.contact_id IS NULL
    THEN 'not_in_audience'
    WHEN (
      CAST(CONV(
        SUBSTRING(MD5(CAST((
          'rollout:' || k.scenario || '|' || k.contact_id
        ) AS STRING)), 1, 8),
        16,
        10
      ) AS BIGINT) % 10000
    ) >= l.rollout * 10000
    THEN 'not_in_rollout'
    WHEN NOT x.contact_id IS NULL
    THEN 'in_other_scenario'
    WHEN m.role = 'goal'
    THEN 'goal_already_met'
    WHEN m.role = 'exit'
    THEN 'exit_already_met'
  END AS refusal
FROM candidates AS k
JOIN live AS l
  ON l.scenario = k.scenario
LEFT JOIN people AS f
  ON f.contact_id = k.contact_id
LEFT JOIN outside_audience AS o
  ON o.scenario = k.scenario AND o.contact_id = k.contact_id
LEFT JOIN in_other_scenario AS x
  ON x.scenario = k.scenario AND x.contact_id = k.contact_id
LEFT JOIN met_already AS m
  ON m.enrolment_id = k.enrolment_id AND m.activity_id = k.activity_id
WHERE
  NOT (
    l.kind IN ('activity', 'product')
    AND CAST(FLOOR(
      (
        UNIX_MICROS(CAST(:as_of AS TIMESTAMP)) - UNIX_MICROS(CAST(k.triggered_at AS TIMESTAMP))
      ) / 1000000
    ) AS BIGINT) > l.max_age_seconds
    AND k.triggered_at < COALESCE(l.live_since, :as_of)
  );

SELECT
  k.scenario,
  k.contact_id,
  MAX(e.entered_at) AS last_entered_at,
  MAX(CAST((
    e.entered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
  ) AS DATE)) AS last_entered_on
FROM (
  SELECT DISTINCT
    scenario,
    contact_id
  FROM judged
  WHERE
    refusal IS NULL
) AS k
JOIN journeys.enrolments AS e
  ON e.scenario = k.scenario AND e.contact_id = k.contact_id
JOIN calendar.zone_offsets AS z
  ON z.zone = :zone AND e.entered_at >= z.starts_at AND e.entered_at < z.ends_at
GROUP BY
  k.scenario,
  k.contact_id;

WITH asking AS (
  SELECT DISTINCT
    k.scenario,
    k.contact_id
  FROM judged AS k
  JOIN live AS l
    ON l.scenario = k.scenario AND l.reentry = 'after_exit'
  WHERE
    k.refusal IS NULL
)
SELECT
  r.scenario,
  r.contact_id,
  BOOL_OR(r.ended_at IS NULL) AS still_in,
  MAX(r.ended_at) AS ended_at
FROM (
  SELECT
    p.scenario,
    p.contact_id,
    CAST(NULL AS TIMESTAMP_NTZ) AS ended_at
  FROM journeys.positions AS p
  UNION ALL
  SELECT
    e.scenario,
    e.contact_id,
    e.ended_at
  FROM ended AS e
  UNION ALL
  SELECT
    e.scenario,
    e.contact_id,
    e.ended_at
  FROM journeys.endings AS e
) AS r
WHERE
  EXISTS(
    SELECT
      1
    FROM asking AS k
    WHERE
      k.scenario = r.scenario AND k.contact_id = r.contact_id
  )
GROUP BY
  r.scenario,
  r.contact_id;

WITH RECURSIVE places AS (
  SELECT
    j.*,
    ROW_NUMBER() OVER (PARTITION BY j.scenario, j.contact_id ORDER BY j.place NULLS LAST) AS turn
  FROM judged AS j
  WHERE
    j.refusal IS NULL
), turns AS (
  SELECT
    b.scenario,
    b.contact_id,
    CAST(0 AS BIGINT) AS turn,
    CAST(NULL AS STRING) AS enrolment_id,
    CAST(NULL AS STRING) AS activity_id,
    FALSE AS taken,
    FALSE AS any_taken,
    h.last_entered_at,
    h.last_entered_on
  FROM (
    SELECT DISTINCT
      scenario,
      contact_id
    FROM places
  ) AS b
  LEFT JOIN behind AS h
    ON h.scenario = b.scenario AND h.contact_id = b.contact_id
  UNION ALL
  SELECT
    s.scenario,
    s.contact_id,
    s.turn,
    s.enrolment_id,
    s.activity_id,
    s.allowed,
    s.any_taken OR s.allowed,
    CASE WHEN s.allowed THEN s.entered_at ELSE s.last_entered_at END,
    CASE WHEN s.allowed THEN s.entered_on ELSE s.last_entered_on END
  FROM (
    SELECT
      t.scenario,
      t.contact_id,
      p.turn,
      p.enrolment_id,
      p.activity_id,
      p.entered_at,
      p.entered_on,
      t.last_entered_at,
      t.last_entered_on,
      t.any_taken,
      CASE l.reentry
        WHEN 'after_exit'
        THEN NOT t.any_taken
        AND NOT COALESCE(r.still_in, FALSE)
        AND COALESCE(r.ended_at <= p.entered_at, TRUE)
        WHEN 'cooldown'
        THEN COALESCE(
          CASE
            WHEN NOT l.cooldown_days IS NULL
            THEN DATEDIFF(CAST(p.entered_on AS DATE), CAST(t.last_entered_on AS DATE)) >= l.cooldown_days
            ELSE CAST(FLOOR(
              (
                UNIX_MICROS(CAST(p.entered_at AS TIMESTAMP)) - UNIX_MICROS(CAST(t.last_entered_at AS TIMESTAMP))
              ) / 1000000
            ) AS BIGINT) >= l.cooldown_seconds
          END,
          TRUE
        )
        ELSE TRUE
      END AS allowed
    FROM turns AS t
    JOIN places AS p
      ON p.scenario = t.scenario AND p.contact_id = t.contact_id AND p.turn = t.turn + 1
    JOIN live AS l
      ON l.scenario = t.scenario
    LEFT JOIN latest_run AS r
      ON r.scenario = t.scenario AND r.contact_id = t.contact_id
  ) AS s
)
SELECT
  scenario,
  contact_id,
  enrolment_id,
  activity_id,
  taken
FROM turns
WHERE
  turn > 0;

SELECT
  v.*,
  CASE
    WHEN NOT v.refusal IS NULL
    THEN v.refusal
    WHEN v.reentry = 'after_exit' AND NOT v.taken
    THEN 'still_in'
    WHEN v.reentry = 'cooldown' AND NOT v.taken
    THEN 'cooldown'
    WHEN v.entered_before OR v.same_run > 1
    THEN 'already_entered'
  END AS alone
FROM (
  SELECT
    j.*,
    l.reentry,
    COALESCE(a.taken, FALSE) AS taken,
    EXISTS(
      SELECT
        1
      FROM journeys.enrolments AS e
      WHERE
        e.enrolment_id = j.enrolment_id
    ) AS entered_before,
    ROW_NUMBER() OVER (PARTITION BY j.enrolment_id, j.refusal IS NULL ORDER BY j.place NULLS LAST) AS same_run
  FROM judged AS j
  JOIN live AS l
    ON l.scenario = j.scenario
  LEFT JOIN admitted AS a
    ON a.enrolment_id = j.enrolment_id AND a.activity_id = j.activity_id
) AS v;
