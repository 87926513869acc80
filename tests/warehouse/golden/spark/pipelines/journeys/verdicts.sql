SELECT
  j.*,
  CASE
    WHEN j.alone IS NULL AND NOT t.contact_id IS NULL
    THEN 'in_other_scenario'
    ELSE j.alone
  END AS reason
FROM judged_alone AS j
LEFT JOIN taken_elsewhere AS t
  ON t.scenario = j.scenario AND t.contact_id = j.contact_id;
