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
    CAST(NULL AS TIMESTAMP_NTZ) AS loaded_at,
    CAST(NULL AS STRING) AS trigger_data
  FROM days_of_birth AS b
  JOIN facts.contacts AS c
    ON c.timezone = b.zone
    AND MONTH(c.birth_date) = b.born_month
    AND DAY(c.birth_date) = b.born_day
    AND c.birth_date < b.day
), carried AS (
  SELECT
    r.scenario,
    r.contact_id,
    COALESCE(f.timezone, :zone) AS zone,
    r.key,
    r.moment,
    r.whole_day,
    r.loaded_at,
    r.props
  FROM dated_rows AS r
  LEFT JOIN facts.contacts AS f
    ON f.contact_id = r.contact_id
), on_their_clock AS (
  SELECT
    c.*,
    CASE
      WHEN c.whole_day
      THEN c.moment
      ELSE (
        c.moment + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
      )
    END AS local_moment
  FROM carried AS c
  JOIN calendar.zone_offsets AS z
    ON z.zone = c.zone AND c.moment >= z.starts_at AND c.moment < z.ends_at
), dates AS (
  SELECT
    c.scenario,
    c.contact_id,
    c.zone,
    c.key || '@' || CAST(c.moment AS STRING) AS key,
    l.source || ':' || c.key || '@' || CAST(c.moment AS STRING) AS activity_id,
    CASE
      WHEN NOT l.clock IS NULL
      THEN (
        CAST(DATE_ADD(CAST(c.local_moment AS DATE), CAST(l.offset_days AS INT)) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, l.clock)
      )
      ELSE (
        c.local_moment + MAKE_DT_INTERVAL(0, 0, 0, (
          l.offset_days * 86400
        ))
      )
    END AS local_at,
    c.loaded_at,
    c.props
  FROM on_their_clock AS c
  JOIN live AS l
    ON l.scenario = c.scenario
), campaigns AS (
  SELECT
    l.scenario,
    m.contact_id,
    :zone AS zone,
    CAST(o.local_at AS STRING) AS key,
    'campaign:' || CAST(o.local_at AS STRING) AS activity_id,
    o.local_at,
    CAST(NULL AS TIMESTAMP_NTZ) AS loaded_at,
    CAST(NULL AS STRING) AS trigger_data
  FROM live AS l
  JOIN (
    SELECT
      l.scenario,
      (
        CAST(d.day AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, l.clock)
      ) AS local_at
    FROM live AS l
    JOIN calendar.days AS d
      ON d.day >= DATE_ADD(CAST(COALESCE(l.looked_ahead, :day_start) AS DATE), CAST((
        -2
      ) AS INT))
      AND d.day <= DATE_ADD(CAST(:horizon AS DATE), CAST(2 AS INT))
    WHERE
      l.enters
      AND l.kind = 'campaign'
      AND COALESCE(l.on_date = d.day, TRUE)
      AND COALESCE(l.isodow = d.isodow, TRUE)
      AND COALESCE(l.month = MONTH(d.day) AND l.day = DAY(d.day), TRUE)
  ) AS o
    ON o.scenario = l.scenario
  JOIN calendar.zone_offsets AS z
    ON z.zone = :zone
    AND o.local_at >= z.local_starts_at
    AND o.local_at < z.local_ends_at
  JOIN segments.members AS m
    ON m.segment = l.segment
  WHERE
    (
      o.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
        -z.offset_seconds
      ))
    ) <= :horizon
    AND (
      (
        o.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
          -z.offset_seconds
        ))
      ) > l.looked_ahead
      OR (
        l.looked_ahead IS NULL
        AND (
          o.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
            -z.offset_seconds
          ))
        ) >= :day_start
      )
    )
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
FROM (
  SELECT
    *
  FROM birthdays
  UNION ALL
  SELECT
    *
  FROM dates
  UNION ALL
  SELECT
    *
  FROM campaigns
) AS a
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
    OR (
      a.loaded_at > l.looked_until
      AND (
        a.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
          -z.offset_seconds
        ))
      ) >= (
        :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
          -l.max_age_seconds
        ))
      )
    )
  );
