WITH latest AS (
  SELECT
    scenario,
    version,
    goal_seconds
  FROM (
    SELECT
      scenario,
      version,
      goal_seconds,
      ROW_NUMBER() OVER (PARTITION BY scenario ORDER BY version DESC) AS _w
    FROM journeys.versions
    WHERE
      first_as_of <= :as_of
  ) AS _t
  WHERE
    _w = 1
), began AS (
  SELECT
    e.scenario,
    l.goal_seconds,
    MIN(e.entered_as_of) AS since
  FROM journeys.enrolments AS e
  JOIN latest AS l
    ON l.scenario = e.scenario
  JOIN journeys.conditions AS c
    ON c.scenario = l.scenario AND c.version = l.version AND c.role = 'goal'
  WHERE
    e.ghost AND e.entered_as_of <= :as_of
  GROUP BY
    e.scenario,
    l.goal_seconds
), first_runs AS (
  SELECT
    e.scenario,
    e.contact_id,
    b.goal_seconds,
    MIN(e.entered_at) AS entered_at,
    COALESCE(MIN(CASE WHEN e.ghost THEN e.entered_at END) = MIN(e.entered_at), FALSE) AS ghost
  FROM journeys.enrolments AS e
  JOIN began AS b
    ON b.scenario = e.scenario AND e.entered_as_of >= b.since
  WHERE
    e.entered_as_of <= :as_of
  GROUP BY
    e.scenario,
    e.contact_id,
    b.goal_seconds
), compared AS (
  SELECT
    scenario,
    contact_id,
    goal_seconds,
    ghost,
    entered_at,
    COALESCE((
      entered_at + MAKE_DT_INTERVAL(0, 0, 0, goal_seconds)
    ), :as_of) AS ends_at
  FROM first_runs
  WHERE
    goal_seconds IS NULL
    OR (
      entered_at + MAKE_DT_INTERVAL(0, 0, 0, goal_seconds)
    ) <= :as_of
), paid_back AS (
  SELECT
    order_id,
    SUM(amount) AS amount
  FROM shop.refunds
  WHERE
    NOT order_id IS NULL
  GROUP BY
    order_id
), brought AS (
  SELECT
    p.scenario,
    p.contact_id,
    p.ghost,
    CAST(SUM(o.total) - COALESCE(SUM(b.amount), 0) AS DECIMAL(18, 2)) AS amount
  FROM compared AS p
  JOIN shop.orders AS o
    ON o.contact_id = p.contact_id
    AND o.cancelled_at IS NULL
    AND o.ordered_at > p.entered_at
    AND o.ordered_at <= p.ends_at
  LEFT JOIN paid_back AS b
    ON b.order_id = o.order_id
  GROUP BY
    p.scenario,
    p.contact_id,
    p.ghost
), sums AS (
  SELECT
    scenario,
    ghost,
    SUM(amount) AS total,
    SUM(amount * amount) AS squares
  FROM brought
  GROUP BY
    scenario,
    ghost
), arms AS (
  SELECT
    scenario,
    goal_seconds,
    ghost,
    COUNT(*) AS contacts
  FROM compared
  GROUP BY
    scenario,
    goal_seconds,
    ghost
)
SELECT
  a.scenario,
  a.ghost,
  a.goal_seconds,
  a.contacts,
  COALESCE(s.total, 0) AS total,
  COALESCE(s.squares, 0) AS squares
FROM arms AS a
LEFT JOIN sums AS s
  ON s.scenario = a.scenario AND s.ghost = a.ghost
ORDER BY
  a.scenario NULLS LAST,
  a.ghost NULLS LAST;
