SELECT
  k.*,
  MD5(k.scenario || '|' || k.contact_id || '|' || k.entry_key) AS enrolment_id,
  ROW_NUMBER() OVER (
    PARTITION BY k.scenario, k.contact_id
    ORDER BY k.entered_at NULLS LAST, k.triggered_at NULLS LAST, k.activity_id NULLS LAST
  ) AS place
FROM (
  SELECT
    t.scenario,
    l.version,
    t.contact_id,
    t.activity_id,
    t.activity,
    t.triggered_at,
    t.entered_at,
    t.trigger_data,
    CASE l.reentry
      WHEN 'never'
      THEN ''
      WHEN 'per_key'
      THEN COALESCE(t.key, '')
      WHEN 'once_per_year'
      THEN CASE
        WHEN l.kind = 'anniversary'
        THEN t.key
        ELSE CAST(YEAR((
          t.entered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
        )) AS STRING)
      END
      ELSE t.activity_id
    END AS entry_key,
    CASE l.kind
      WHEN 'activity'
      THEN NULLIF(t.key, '')
      WHEN 'date'
      THEN GET_JSON_OBJECT(t.trigger_data, CONCAT('$[\'', l.key, '\']'))
      WHEN 'product'
      THEN GET_JSON_OBJECT(t.trigger_data, CONCAT('$[\'', l.key, '\']'))
    END AS trigger_key,
    CAST((
      t.entered_at + MAKE_DT_INTERVAL(0, 0, 0, z.offset_seconds)
    ) AS DATE) AS entered_on
  FROM triggered AS t
  JOIN live AS l
    ON l.scenario = t.scenario
  JOIN calendar.zone_offsets AS z
    ON z.zone = :zone AND t.entered_at >= z.starts_at AND t.entered_at < z.ends_at
) AS k;
