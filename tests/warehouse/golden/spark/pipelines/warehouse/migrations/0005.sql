SELECT
  *
FROM delivery.links;

SELECT
  l.message_key,
  l.link,
  l.url,
  l.handed_at,
  m.template AS message
FROM links_before AS l
LEFT JOIN outbox.messages AS m
  ON m.message_key = l.message_key;

SELECT
  d.enrolment_id,
  d.contact_id,
  d.reason AS offer,
  MIN(GREATEST(d.decided_at, d.as_of)) AS given_at,
  MIN(d.as_of) AS as_of
FROM journeys.decisions AS d
JOIN journeys.enrolments AS e
  ON e.enrolment_id = d.enrolment_id AND e.ghost
WHERE
  d.outcome = 'offered'
  AND NOT EXISTS(
    SELECT
      1
    FROM journeys.codes AS k
    WHERE
      k.enrolment_id = d.enrolment_id AND k.offer = d.reason
  )
GROUP BY
  d.enrolment_id,
  d.contact_id,
  d.reason;
