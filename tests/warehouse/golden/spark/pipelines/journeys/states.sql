SELECT
  COALESCE(n.scenario, s.scenario) AS scenario,
  COALESCE(n.version, s.version) AS version,
  COALESCE(n.state, 'removed') AS state,
  n.held,
  COALESCE(s.live_since, CASE WHEN n.state = 'live' AND n.held IS NULL THEN :as_of END) AS live_since,
  s.looked_until,
  s.looked_ahead
FROM stands AS n
FULL JOIN journeys.states AS s
  ON s.scenario = n.scenario;

SELECT
  1
FROM journeys.states
WHERE
  TRUE;

SELECT
  *
FROM new_states;

SELECT
  s.scenario,
  s.version,
  s.state,
  s.held,
  s.live_since,
  s.looked_until,
  s.looked_ahead,
  s.state = 'live' AND s.held IS NULL AS enters,
  s.state IN ('live', 'paused:expire', 'stopped:drain') AND s.held IS NULL AS advances,
  s.state IN ('stopped:eject', 'removed') AS ejects,
  COALESCE(
    s.looked_until,
    (
      :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
        -COALESCE(t.max_age_seconds, 0)
      ))
    )
  ) AS since,
  v.category,
  v.topic,
  v.priority,
  v.reentry,
  v.cooldown_seconds,
  v.cooldown_days,
  v.holdout,
  v.rollout,
  v.exclusive_with,
  v.audience_in,
  v.audience_not_in,
  v.audience_where,
  t.kind,
  t.activities,
  t.query,
  t.key,
  t.settle_seconds,
  t.max_age_seconds,
  t.segment,
  t.change,
  t.backfill,
  t.offset_days,
  t.clock,
  t.source,
  t.message,
  t.event,
  t.within_seconds,
  t.price_drop,
  t.on_date,
  t.isodow,
  t.month,
  t.day
FROM journeys.states AS s
JOIN journeys.versions AS v
  ON v.scenario = s.scenario AND v.version = s.version
JOIN journeys.triggers AS t
  ON t.scenario = s.scenario AND t.version = s.version;
