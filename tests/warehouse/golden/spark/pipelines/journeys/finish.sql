SELECT
  enrolment_id,
  scenario,
  version,
  contact_id,
  entered_at,
  ended_at,
  :as_of AS as_of,
  outcome,
  reason,
  ghost
FROM ended;

SELECT
  :as_of AS as_of,
  enrolment_id,
  scenario,
  version,
  contact_id,
  CAST(NULL AS BIGINT) AS node,
  CAST(NULL AS STRING) AS step,
  ended_at AS decided_at,
  outcome,
  reason
FROM ended;

SELECT
  'dropped' AS status,
  'exited_before_send' AS reason,
  e.outcome AS detail,
  :as_of AS changed_at
FROM outbox.messages, ended AS e
WHERE
  e.enrolment_id = messages.enrolment_id
  AND messages.status = 'held'
  AND messages.reason IN ('capped', 'lower_priority')
  AND messages.as_of >= (
    SELECT
      MIN(entered_at)
    FROM ended
  );

SELECT
  d.enrolment_id,
  d.scenario,
  d.contact_id,
  d.reason AS goal,
  d.ended_at AS met_at,
  :as_of AS as_of,
  m.step,
  d.value,
  d.ghost
FROM ended AS d
LEFT JOIN (
  SELECT
    f.enrolment_id,
    f.step,
    ROW_NUMBER() OVER (PARTITION BY f.enrolment_id ORDER BY f.went_at DESC, f.step NULLS LAST) AS place
  FROM journeys.in_flight_messages AS f
  JOIN ended AS x
    ON x.enrolment_id = f.enrolment_id
    AND x.outcome = 'converted'
    AND f.went_at <= x.ended_at
) AS m
  ON m.enrolment_id = d.enrolment_id AND m.place = 1
WHERE
  d.outcome = 'converted';

SELECT
  1
FROM journeys.positions
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM ended
  );

SELECT
  1
FROM journeys.observations
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM ended
  );

SELECT
  1
FROM journeys.in_flight_messages
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM ended
  );
