SELECT
  p.enrolment_id,
  p.scenario,
  p.version,
  p.contact_id,
  p.node,
  p.reached_at,
  p.entered_at,
  p.entry_key,
  p.trigger_key,
  p.triggered_at,
  p.activity,
  p.ghost,
  p.variant,
  COALESCE(f.timezone, :zone) AS zone
FROM journeys.positions AS p
JOIN live AS l
  ON l.scenario = p.scenario AND l.advances
LEFT JOIN facts.contacts AS f
  ON f.contact_id = p.contact_id
WHERE
  p.leave_at <= :as_of
  OR p.enrolment_id IN (
    SELECT
      enrolment_id
    FROM new_observations
  )
  OR EXISTS(
    SELECT
      1
    FROM journeys.nodes AS n
    JOIN journeys.conditions AS c
      ON c.scenario = n.scenario AND c.version = n.version AND c.condition = n.condition
    LEFT JOIN journeys.in_flight_messages AS m
      ON m.enrolment_id = p.enrolment_id AND m.step = c.step AND NOT m.lost_at IS NULL
    WHERE
      n.kind = 'wait_for'
      AND n.scenario = p.scenario
      AND n.version = p.version
      AND n.node = p.node
      AND (
        c.kind IN ('in_segment', 'where')
        OR (
          c.kind = 'message' AND NOT m.message_key IS NULL
        )
      )
  );
