SELECT
  d.enrolment_id,
  d.node,
  (
    d.local_at + MAKE_DT_INTERVAL(0, 0, 0, (
      -z.offset_seconds
    ))
  ) AS instant
FROM (
  SELECT
    w.enrolment_id,
    w.node,
    w.zone,
    CASE
      WHEN NOT w.clock IS NULL
      THEN (
        CAST(DATE_ADD(CAST(w.local_moment AS DATE), CAST(w.days AS INT)) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, w.clock)
      )
      ELSE (
        w.local_moment + MAKE_DT_INTERVAL(0, 0, 0, (
          w.days * 86400
        ))
      )
    END AS local_at
  FROM (
    SELECT
      t.enrolment_id,
      n.node,
      t.zone,
      n.clock,
      n.days,
      CASE
        WHEN LENGTH(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']'))) <= 10
        THEN CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ)
        ELSE (
          CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, o.offset_seconds)
        )
      END AS local_moment
    FROM touched AS t
    JOIN journeys.nodes AS n
      ON n.kind = 'wait_date' AND n.scenario = t.scenario AND n.version = t.version
    JOIN journeys.enrolments AS e
      ON e.enrolment_id = t.enrolment_id
    JOIN calendar.zone_offsets AS o
      ON o.zone = t.zone
      AND CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ) >= o.starts_at
      AND CAST(GET_JSON_OBJECT(e.trigger_data, CONCAT('$[\'', n.word, '\']')) AS TIMESTAMP_NTZ) < o.ends_at
  ) AS w
) AS d
JOIN calendar.zone_offsets AS z
  ON z.zone = d.zone
  AND d.local_at >= z.local_starts_at
  AND d.local_at < z.local_ends_at;
