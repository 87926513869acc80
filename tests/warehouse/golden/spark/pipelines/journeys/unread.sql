SELECT
  u.scenario,
  u.question,
  u.contact_id,
  :as_of AS as_of,
  MIN(u.seen) AS seen
FROM unread AS u
WHERE
  NOT u.contact_id IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM journeys.unread_values AS k
    WHERE
      k.scenario = u.scenario
      AND k.question = u.question
      AND k.contact_id = u.contact_id
  )
GROUP BY
  u.scenario,
  u.question,
  u.contact_id;
