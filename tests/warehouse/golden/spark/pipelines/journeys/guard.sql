SELECT
  n.scenario,
  n.entries,
  u.most
FROM (
  SELECT
    scenario,
    COUNT(*) AS entries
  FROM verdicts
  WHERE
    reason IS NULL
  GROUP BY
    scenario
) AS n
JOIN live AS l
  ON l.scenario = n.scenario AND l.kind <> 'campaign'
JOIN (
  SELECT
    scenario,
    MAX(entered) AS most,
    COUNT(*) AS ticks
  FROM results.scenarios
  WHERE
    as_of >= (
      :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
        -28 * 86400
      ))
    )
    AND as_of < :as_of
  GROUP BY
    scenario
) AS u
  ON u.scenario = n.scenario
WHERE
  u.ticks >= 7
  AND n.entries >= :min_entries
  AND n.entries > :max_factor * GREATEST(u.most, 1)
  AND NOT EXISTS(
    SELECT
      1
    FROM runs.guards AS g
    WHERE
      g.scenario = n.scenario AND NOT g.released_at IS NULL AND g.tripped_at > l.since
  )
ORDER BY
  n.scenario NULLS LAST;
