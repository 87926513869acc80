SELECT
  1
FROM journeys.positions
WHERE
  enrolment_id IN (
    SELECT
      enrolment_id
    FROM touched
  );

SELECT
  w.enrolment_id,
  w.scenario,
  w.version,
  w.contact_id,
  w.node,
  w.reached_at,
  CASE
    WHEN w.falls_due
    THEN :as_of
    WHEN w.kind = 'send'
    THEN w.reached_at
    ELSE w.leave_at
  END AS leave_at,
  w.entered_at,
  w.entry_key,
  t.trigger_key,
  t.triggered_at,
  t.activity,
  w.ghost,
  w.variant
FROM walked AS w
JOIN touched AS t
  ON t.enrolment_id = w.enrolment_id
WHERE
  w.round = :round AND NOT w.ready;

SELECT
  enrolment_id,
  scenario,
  version,
  contact_id,
  entered_at,
  leave_at AS ended_at,
  ghost,
  'completed' AS outcome,
  CASE WHEN kind = 'exit' THEN word END AS reason,
  CAST(NULL AS DECIMAL(18, 2)) AS value
FROM walked
WHERE
  round = :round AND ready AND target IS NULL;

SELECT DISTINCT
  w.scenario || ':' || w.step AS experiment,
  w.contact_id AS subject,
  w.arm,
  :as_of AS assigned_at
FROM walked AS w
WHERE
  w.round = :round
  AND w.ready
  AND NOT w.arm IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM arms_given AS g
    WHERE
      g.experiment = w.scenario || ':' || w.step AND g.subject = w.contact_id
  );

SELECT
  :as_of AS as_of,
  w.enrolment_id,
  w.scenario,
  w.version,
  w.contact_id,
  w.node,
  COALESCE(w.step, w.kind) AS step,
  CASE
    WHEN w.kind IN ('if', 'split', 'offer', 'start', 'tag', 'untag', 'sync', 'unsync', 'exit')
    THEN w.reached_at
    WHEN w.kind = 'send'
    THEN w.reached_at
    ELSE w.leave_at
  END AS decided_at,
  CASE w.kind
    WHEN 'send'
    THEN CASE WHEN w.falls_due THEN 'due' ELSE 'had_before' END
    WHEN 'if'
    THEN CASE WHEN w.yes THEN 'yes' ELSE 'no' END
    WHEN 'wait_for'
    THEN CASE WHEN w.yes THEN 'yes' ELSE 'timed_out' END
    WHEN 'split'
    THEN 'arm'
    WHEN 'offer'
    THEN CASE WHEN w.ghost OR NOT k.code IS NULL THEN 'offered' ELSE 'no_code' END
    WHEN 'start'
    THEN 'started'
    WHEN 'tag'
    THEN 'tagged'
    WHEN 'untag'
    THEN 'untagged'
    WHEN 'sync'
    THEN 'synced'
    WHEN 'unsync'
    THEN 'unsynced'
    WHEN 'exit'
    THEN 'exit'
    ELSE 'waited'
  END AS outcome,
  CASE w.kind
    WHEN 'split'
    THEN w.arm
    WHEN 'offer'
    THEN w.word
    WHEN 'start'
    THEN w.word
    WHEN 'tag'
    THEN w.word
    WHEN 'untag'
    THEN w.word
    WHEN 'sync'
    THEN w.word
    WHEN 'unsync'
    THEN w.word
    WHEN 'exit'
    THEN w.word
    WHEN 'send'
    THEN w.channels
    ELSE COALESCE(
      c.event || ' ' || c.step || COALESCE(' ' || c.link, ''),
      c.activities,
      'in ' || c.segment,
      'tagged ' || c.tag,
      'unused ' || c.offer,
      c.query
    )
  END AS reason
FROM walked AS w
LEFT JOIN journeys.conditions AS c
  ON c.scenario = w.scenario AND c.version = w.version AND c.condition = w.condition
LEFT JOIN journeys.codes AS k
  ON w.kind = 'offer' AND k.enrolment_id = w.enrolment_id AND k.offer = w.word
WHERE
  w.round = :round
  AND (
    w.ready OR w.falls_due
  )
  AND (
    w.kind <> 'split' OR NOT w.arm IS NULL
  );

SELECT
  MD5(w.scenario || '|' || w.contact_id || '|' || w.entry_key || '|' || w.step) AS message_key,
  w.enrolment_id,
  w.scenario,
  w.version,
  w.step,
  w.contact_id,
  w.message,
  w.channels,
  w.on_capped,
  w.ghost,
  w.variant,
  v.category,
  v.topic,
  v.priority,
  w.reached_at AS due_at,
  w.leave_at AS not_before,
  (
    w.reached_at + MAKE_DT_INTERVAL(0, 0, 0, w.valid_seconds)
  ) AS expires_at,
  w.depth,
  s.state
FROM walked AS w
JOIN journeys.versions AS v
  ON v.scenario = w.scenario AND v.version = w.version
JOIN journeys.states AS s
  ON s.scenario = w.scenario
WHERE
  w.round = :round AND w.falls_due;

SELECT
  enrolment_id,
  scenario,
  version,
  contact_id,
  node,
  reached_at,
  entered_at,
  entry_key,
  trigger_key,
  triggered_at,
  activity,
  ghost,
  variant,
  zone
FROM put_off
UNION ALL
SELECT
  w.enrolment_id,
  w.scenario,
  w.version,
  w.contact_id,
  w.target,
  w.leave_at,
  w.entered_at,
  w.entry_key,
  t.trigger_key,
  t.triggered_at,
  t.activity,
  w.ghost,
  w.variant,
  t.zone
FROM walked AS w
JOIN touched AS t
  ON t.enrolment_id = w.enrolment_id
WHERE
  w.round = :round AND w.kind = 'offer' AND w.ready AND NOT w.target IS NULL;
