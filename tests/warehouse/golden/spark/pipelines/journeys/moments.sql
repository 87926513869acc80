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
            COALESCE(MAX(n.days + 31 * COALESCE(n.months, 0)), 0)
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
