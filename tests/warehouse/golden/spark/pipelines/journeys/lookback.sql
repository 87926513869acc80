SELECT
  a.activity,
  MIN(a.since) AS since
FROM (
  SELECT
    n.name AS activity,
    CASE
      WHEN NOT c.match_key IS NULL
      THEN CAST('1900-01-01' AS TIMESTAMP_NTZ)
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
) AS a
WHERE
  a.since < :news_since
GROUP BY
  a.activity
ORDER BY
  a.activity NULLS LAST;
