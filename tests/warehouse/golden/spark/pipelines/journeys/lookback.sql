WITH asked AS (
  SELECT
    n.name AS activity,
    c.match_key,
    c.role,
    CASE
      WHEN c.role = 'step'
      THEN (
        k.entered_at + MAKE_DT_INTERVAL(0, 0, 0, (
          -COALESCE(c.within_seconds, 0)
        ))
      )
      ELSE k.triggered_at
    END AS since
  FROM (
    SELECT
      scenario,
      version,
      MIN(triggered_at) AS triggered_at,
      MIN(entered_at) AS entered_at
    FROM candidates
    GROUP BY
      scenario,
      version
  ) AS k
  JOIN journeys.conditions AS c
    ON c.scenario = k.scenario AND c.version = k.version AND c.kind = 'did'
  JOIN names AS n
    ON CONTAINS(',' || c.activities || ',', ',' || n.name || ',')
)
SELECT
  activity,
  MIN(since) AS since,
  CAST(NULL AS STRING) AS match_key
FROM asked
WHERE
  since < :news_since
GROUP BY
  activity
UNION ALL
SELECT DISTINCT
  activity,
  CAST('1900-01-01' AS TIMESTAMP_NTZ),
  match_key
FROM asked
WHERE
  NOT match_key IS NULL AND role <> 'step'
ORDER BY
  activity NULLS LAST,
  match_key NULLS LAST;
