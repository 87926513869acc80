SELECT DISTINCT
  j.scenario,
  j.contact_id
FROM judged_alone AS j
JOIN live AS l
  ON l.scenario = j.scenario
JOIN exclusive_pairs AS x
  ON x.scenario = j.scenario
JOIN judged_alone AS o
  ON o.scenario = x.other AND o.contact_id = j.contact_id AND o.alone IS NULL
JOIN live AS m
  ON m.scenario = o.scenario
WHERE
  j.scenario = :scenario
  AND j.alone IS NULL
  AND (
    m.priority > l.priority
    OR (
      m.priority = l.priority AND o.scenario < j.scenario
    )
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM taken_elsewhere AS t
    WHERE
      t.scenario = o.scenario AND t.contact_id = o.contact_id
  );
