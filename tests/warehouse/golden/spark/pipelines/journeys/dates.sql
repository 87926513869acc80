WITH carried AS (
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
    c.props AS trigger_data
  FROM on_their_clock AS c
  JOIN live AS l
    ON l.scenario = c.scenario
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
FROM dates AS a
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
