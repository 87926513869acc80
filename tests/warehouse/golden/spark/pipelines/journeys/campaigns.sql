SELECT
  l.scenario,
  m.contact_id,
  CAST(o.local_at AS STRING) AS key,
  'campaign:' || CAST(o.local_at AS STRING) AS activity_id,
  CAST(NULL AS STRING) AS trigger_data,
  (
    o.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ) AS moment
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
  );
