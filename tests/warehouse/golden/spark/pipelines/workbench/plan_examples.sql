SELECT
  scenario,
  step,
  change,
  reason,
  detail,
  contact_id,
  at_before,
  at_after
FROM (
  SELECT
    scenario,
    step,
    change,
    reason,
    detail,
    contact_id,
    at_before,
    at_after,
    ROW_NUMBER() OVER (
      PARTITION BY scenario, step, change, reason, detail
      ORDER BY COALESCE(at_after, at_before) NULLS LAST, contact_id NULLS LAST
    ) AS _w
  FROM differences
  ORDER BY
    scenario NULLS LAST,
    step NULLS LAST,
    change NULLS LAST,
    reason NULLS LAST,
    detail NULLS LAST,
    COALESCE(at_after, at_before) NULLS LAST,
    contact_id NULLS LAST
) AS _t
WHERE
  _w <= :examples;
