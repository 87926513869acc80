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
