WITH days_ahead AS (
  SELECT
    l.scenario,
    d.day,
    COALESCE(l.looked_ahead, :day_start) AS since,
    (
      CAST(DATE_ADD(CAST(d.day AS DATE), CAST(l.offset_days AS INT)) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, l.clock)
    ) AS local_at
  FROM live AS l
  JOIN calendar.days AS d
    ON d.day >= DATE_ADD(
      CAST(COALESCE(l.looked_ahead, :day_start) AS DATE),
      CAST((
        -2 - l.offset_days
      ) AS INT)
    )
    AND d.day <= DATE_ADD(CAST(:horizon AS DATE), CAST((
      2 - l.offset_days
    ) AS INT))
  WHERE
    l.enters AND l.kind = 'anniversary'
), hours AS (
  SELECT
    a.scenario,
    a.day,
    a.local_at,
    z.zone
  FROM days_ahead AS a
  JOIN calendar.zone_offsets AS z
    ON a.local_at >= z.local_starts_at AND a.local_at < z.local_ends_at
  WHERE
    (
      a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
        -z.offset_seconds
      ))
    ) >= a.since
    AND (
      a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
        -z.offset_seconds
      ))
    ) <= :horizon
), days_of_birth AS (
  SELECT
    scenario,
    day,
    zone,
    local_at,
    MONTH(day) AS born_month,
    DAY(day) AS born_day
  FROM hours
  UNION ALL
  SELECT
    scenario,
    day,
    zone,
    local_at,
    2,
    29
  FROM hours
  WHERE
    MONTH(day) = 2 AND DAY(day) = 28 AND DAY(LAST_DAY(day)) = 28
), birthdays AS (
  SELECT
    b.scenario,
    c.contact_id,
    b.zone,
    CAST(YEAR(b.day) AS STRING) AS key,
    'birth_date:' || CAST(YEAR(b.day) AS STRING) AS activity_id,
    b.local_at,
    CAST(NULL AS STRING) AS trigger_data
  FROM days_of_birth AS b
  JOIN facts.contacts AS c
    ON c.timezone = b.zone
    AND MONTH(c.birth_date) = b.born_month
    AND DAY(c.birth_date) = b.born_day
    AND c.birth_date < b.day
)
SELECT
  a.scenario,
  a.contact_id,
  a.key,
  a.activity_id,
  a.trigger_data,
  (
    a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ) AS moment
FROM birthdays AS a
JOIN live AS l
  ON l.scenario = a.scenario
JOIN calendar.zone_offsets AS z
  ON z.zone = a.zone
  AND a.local_at >= z.local_starts_at
  AND a.local_at < z.local_ends_at
WHERE
  (
    a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ) <= :horizon
  AND (
    (
      a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
        -z.offset_seconds
      ))
    ) > l.looked_ahead
    OR (
      l.looked_ahead IS NULL
      AND (
        a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
          -z.offset_seconds
        ))
      ) >= :day_start
    )
  );
