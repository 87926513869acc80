WITH decided AS (
  SELECT
    d.*,
    n.kind,
    n.condition
  FROM journeys.decisions AS d
  LEFT JOIN journeys.nodes AS n
    ON n.scenario = d.scenario AND n.version = d.version AND n.node = d.node
  WHERE
    d.contact_id = :contact AND d.as_of <= :as_of
), asked AS (
  SELECT
    d.enrolment_id,
    d.as_of,
    d.node,
    d.outcome,
    d.decided_at,
    c.condition,
    c.kind,
    c.step,
    c.event,
    c.activities,
    c.query,
    c.segment,
    c.tag,
    c.probe,
    c.match_key
  FROM decided AS d
  JOIN journeys.conditions AS c
    ON c.scenario = d.scenario
    AND c.version = d.version
    AND c.kind <> 'joined'
    AND (
      c.condition = d.condition
      OR EXISTS(
        SELECT
          1
        FROM journeys.alternatives AS a
        WHERE
          a.scenario = d.scenario
          AND a.version = d.version
          AND a.condition = d.condition
          AND a.part = c.condition
      )
    )
  WHERE
    d.kind IN ('if', 'wait_for')
  UNION ALL
  SELECT
    d.enrolment_id,
    d.as_of,
    d.node,
    d.outcome,
    d.decided_at,
    c.condition,
    c.kind,
    c.step,
    c.event,
    c.activities,
    c.query,
    c.segment,
    c.tag,
    c.probe,
    c.match_key
  FROM decided AS d
  JOIN journeys.conditions AS c
    ON c.scenario = d.scenario
    AND c.version = d.version
    AND c.kind = 'did'
    AND c.role = CASE
      WHEN d.reason = 'goal_already_met'
      OR d.outcome IN ('converted', 'goal_before_message')
      THEN 'goal'
      WHEN d.reason = 'exit_already_met' OR d.outcome = 'exited'
      THEN 'exit'
    END
), done AS (
  SELECT
    a.enrolment_id,
    a.as_of,
    a.node,
    a.outcome,
    m.activity AS what,
    m.occurred_at AS moment,
    m.value AS amount,
    ROW_NUMBER() OVER (
      PARTITION BY a.enrolment_id, a.as_of, a.node, a.outcome, a.condition
      ORDER BY m.occurred_at DESC, m.activity NULLS LAST
    ) AS place,
    a.activities,
    COALESCE(' where ' || a.query, '') AS asked_where
  FROM asked AS a
  LEFT JOIN journeys.enrolments AS e
    ON e.enrolment_id = a.enrolment_id
  LEFT JOIN probe_matches AS m
    ON m.probe = a.probe
    AND m.loaded_at <= a.as_of
    AND (
      a.match_key IS NULL
      OR m.key IS NULL
      OR e.trigger_key IS NULL
      OR m.key = e.trigger_key
    )
    AND (
      m.occurred_at < a.decided_at
      OR (
        m.occurred_at = a.decided_at AND NOT a.outcome IN ('no', 'timed_out')
      )
    )
  WHERE
    a.kind = 'did'
), answered AS (
  SELECT
    a.enrolment_id,
    a.as_of,
    a.node,
    a.outcome,
    a.event,
    a.step,
    MAX(n.occurred_at) AS moment
  FROM asked AS a
  LEFT JOIN outbox.messages AS m
    ON m.enrolment_id = a.enrolment_id AND m.step = a.step
  LEFT JOIN news AS n
    ON n.name = 'message_' || a.event
    AND n.key = m.message_key
    AND n.loaded_at <= a.as_of
    AND (
      n.occurred_at < a.decided_at
      OR (
        n.occurred_at = a.decided_at AND NOT a.outcome IN ('no', 'timed_out')
      )
    )
  WHERE
    a.kind = 'message'
  GROUP BY
    a.enrolment_id,
    a.as_of,
    a.node,
    a.outcome,
    a.event,
    a.step
), belonging AS (
  SELECT
    a.enrolment_id,
    a.as_of,
    a.node,
    a.outcome,
    a.segment,
    CAST(NULL AS BOOLEAN) AS wanted
  FROM asked AS a
  WHERE
    a.kind = 'in_segment'
  UNION ALL
  SELECT
    d.enrolment_id,
    d.as_of,
    d.node,
    d.outcome,
    s.segment,
    CONTAINS(',' || COALESCE(v.audience_in, '') || ',', ',' || s.segment || ',')
  FROM decided AS d
  JOIN journeys.versions AS v
    ON v.scenario = d.scenario AND v.version = d.version
  JOIN (
    SELECT DISTINCT
      segment
    FROM segments.definitions
  ) AS s
    ON CONTAINS(
      ',' || COALESCE(v.audience_in, '') || ',' || COALESCE(v.audience_not_in, '') || ',',
      ',' || s.segment || ','
    )
  WHERE
    d.reason = 'not_in_audience'
), members AS (
  SELECT
    b.*,
    c.change,
    c.as_of AS moment,
    ROW_NUMBER() OVER (
      PARTITION BY b.enrolment_id, b.as_of, b.node, b.outcome, b.segment
      ORDER BY c.as_of DESC
    ) AS place
  FROM belonging AS b
  LEFT JOIN segments.changes AS c
    ON c.segment = b.segment AND c.contact_id = :contact AND c.as_of <= b.as_of
)
SELECT
  enrolment_id,
  as_of,
  node,
  outcome,
  1 AS place,
  CASE
    WHEN moment IS NULL
    THEN 'no ' || activities || asked_where
    ELSE 'last ' || what || asked_where
  END AS what,
  moment,
  CAST(amount AS STRING) AS amount
FROM done
WHERE
  place = 1
UNION ALL
SELECT
  enrolment_id,
  as_of,
  node,
  outcome,
  2,
  CASE
    WHEN moment IS NULL
    THEN 'never ' || event || ' ' || step
    ELSE event || ' ' || step
  END,
  moment,
  NULL
FROM answered
UNION ALL
SELECT
  enrolment_id,
  as_of,
  node,
  outcome,
  3,
  CASE
    WHEN change IS NULL
    THEN 'never in ' || segment
    WHEN change = 'left'
    THEN 'left ' || segment
    ELSE 'in ' || segment || ' since'
  END,
  moment,
  NULL
FROM members
WHERE
  place = 1
  AND (
    wanted IS NULL OR wanted <> COALESCE(change = 'entered', FALSE)
  )
UNION ALL
SELECT
  a.enrolment_id,
  a.as_of,
  a.node,
  a.outcome,
  4,
  CASE
    WHEN MAX(g.added_at) IS NULL
    THEN 'not tagged ' || a.tag
    ELSE 'tagged ' || a.tag
  END,
  MAX(g.added_at),
  NULL
FROM asked AS a
LEFT JOIN shop.contact_tags AS g
  ON g.contact_id = :contact
  AND g.tag = a.tag
  AND g.added_at < a.as_of
  AND (
    g.removed_at IS NULL OR g.removed_at >= a.as_of
  )
WHERE
  a.kind = 'tagged'
GROUP BY
  a.enrolment_id,
  a.as_of,
  a.node,
  a.outcome,
  a.tag
UNION ALL
SELECT
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome,
  5,
  f.seen,
  NULL,
  NULL
FROM decided AS d
JOIN journeys.facts_seen AS f
  ON f.enrolment_id = d.enrolment_id
  AND f.as_of = d.as_of
  AND COALESCE(f.node, -1) = COALESCE(d.node, -1)
WHERE
  d.kind IN ('if', 'wait_for')
  OR d.outcome = 'entered'
  OR d.reason = 'not_in_audience'
UNION ALL
SELECT
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome,
  0,
  COALESCE(e.activity, t.kind),
  e.triggered_at,
  e.trigger_key
FROM decided AS d
JOIN journeys.enrolments AS e
  ON e.enrolment_id = d.enrolment_id
JOIN journeys.triggers AS t
  ON t.scenario = e.scenario AND t.version = e.version
WHERE
  d.outcome = 'entered'
UNION ALL
SELECT
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome,
  0,
  'entered',
  MAX(e.entered_at),
  NULL
FROM decided AS d
JOIN journeys.enrolments AS e
  ON e.scenario = d.scenario
  AND e.contact_id = d.contact_id
  AND e.entered_as_of <= d.as_of
WHERE
  d.reason IN ('already_entered', 'cooldown', 'still_in')
GROUP BY
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome
UNION ALL
SELECT
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome,
  0,
  'on the way in ' || e.scenario || ' since',
  e.entered_at,
  NULL
FROM decided AS d
JOIN journeys.versions AS v
  ON v.scenario = d.scenario AND v.version = d.version
JOIN journeys.enrolments AS e
  ON e.contact_id = d.contact_id AND e.entered_as_of <= d.as_of
JOIN journeys.versions AS o
  ON o.scenario = e.scenario AND o.version = e.version
LEFT JOIN journeys.endings AS x
  ON x.enrolment_id = e.enrolment_id AND x.as_of < d.as_of
WHERE
  d.reason = 'in_other_scenario'
  AND x.enrolment_id IS NULL
  AND (
    CONTAINS(',' || COALESCE(v.exclusive_with, '') || ',', ',' || e.scenario || ',')
    OR CONTAINS(',' || COALESCE(o.exclusive_with, '') || ',', ',' || d.scenario || ',')
  )
UNION ALL
SELECT
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome,
  0,
  'at most ' || CAST(t.max_age_seconds / 3600 AS STRING) || ' hours old, looked at',
  d.as_of,
  NULL
FROM decided AS d
JOIN journeys.triggers AS t
  ON t.scenario = d.scenario AND t.version = d.version
WHERE
  d.reason = 'trigger_too_old'
UNION ALL
SELECT
  d.enrolment_id,
  d.as_of,
  d.node,
  d.outcome,
  0,
  'rollout of ' || CAST(v.rollout * 100 AS STRING) || ' %',
  NULL,
  NULL
FROM decided AS d
JOIN journeys.versions AS v
  ON v.scenario = d.scenario AND v.version = d.version
WHERE
  d.reason = 'not_in_rollout'
ORDER BY
  enrolment_id NULLS LAST,
  as_of NULLS LAST,
  node NULLS LAST,
  outcome NULLS LAST,
  place NULLS LAST,
  what NULLS LAST;
