SELECT
  scenario,
  step,
  contact_id,
  change,
  reason,
  detail,
  at_before,
  at_after
FROM (
  SELECT
    COALESCE(a.scenario, b.scenario) AS scenario,
    COALESCE(a.step, b.step) AS step,
    COALESCE(a.contact_id, b.contact_id) AS contact_id,
    CASE
      WHEN NOT COALESCE(b.goes, FALSE)
      THEN 'added'
      WHEN NOT COALESCE(a.goes, FALSE)
      THEN 'gone'
      WHEN a.not_before <> b.not_before
      THEN 'moved'
      WHEN a.channel <> b.channel OR a.template <> b.template OR a.locale <> b.locale
      THEN 'changed'
      WHEN NOT t.files IS NULL
      THEN 'text'
    END AS change,
    COALESCE(
      CASE
        WHEN NOT COALESCE(b.goes, FALSE)
        THEN b.reason
        WHEN NOT COALESCE(a.goes, FALSE)
        THEN a.reason
      END,
      ''
    ) AS reason,
    CASE
      WHEN NOT COALESCE(b.goes, FALSE)
      OR NOT COALESCE(a.goes, FALSE)
      OR a.not_before <> b.not_before
      THEN ''
      WHEN a.channel <> b.channel OR a.template <> b.template OR a.locale <> b.locale
      THEN b.template || ' by ' || b.channel || ' in ' || b.locale || ' becomes ' || a.template || ' by ' || a.channel || ' in ' || a.locale
      ELSE COALESCE(t.files, '')
    END AS detail,
    CASE WHEN b.goes THEN b.not_before END AS at_before,
    CASE WHEN a.goes THEN a.not_before END AS at_after
  FROM planned_messages AS a
  FULL JOIN due_before AS b
    ON b.message_key = a.message_key
  LEFT JOIN new_texts AS t
    ON t.template = a.template AND t.channel = a.channel AND t.locale = a.locale
  WHERE
    COALESCE(a.goes, FALSE) OR COALESCE(b.goes, FALSE)
) AS d
WHERE
  NOT change IS NULL;
