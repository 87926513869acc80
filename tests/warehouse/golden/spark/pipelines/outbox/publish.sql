SELECT
  g.message_key,
  :as_of AS as_of,
  g.scenario,
  g.version,
  g.step,
  g.enrolment_id,
  g.contact_id,
  g.channel,
  g.address,
  g.topic,
  g.category,
  g.basis,
  g.message AS template,
  g.locale,
  g.variant,
  g.due_at,
  g.not_before,
  g.expires_at,
  g.priority,
  CASE
    WHEN NOT g.dropped_for IS NULL
    THEN 'dropped'
    WHEN NOT a.cap IS NULL
    THEN CASE WHEN g.on_capped = 'hold' THEN 'held' ELSE 'dropped' END
    WHEN g.ghost
    THEN 'dropped'
    WHEN g.not_before > :as_of
    THEN 'held'
    ELSE 'to_send'
  END AS status,
  CASE
    WHEN NOT g.dropped_for IS NULL
    THEN g.dropped_for
    WHEN NOT a.cap IS NULL
    THEN CASE WHEN a.by_past THEN 'capped' ELSE 'lower_priority' END
    WHEN g.ghost
    THEN 'holdout'
    WHEN g.not_before > GREATEST(g.due_at, :as_of)
    THEN 'quiet_hours'
    WHEN g.not_before > :as_of
    THEN 'not_yet'
  END AS reason,
  COALESCE(a.cap, CASE WHEN g.dropped_for = 'unreachable' THEN g.fault END) AS detail,
  :as_of AS changed_at
FROM gated AS g
LEFT JOIN admitted_messages AS a
  ON a.message_key = g.message_key;

SELECT
  message_key,
  as_of
FROM outbox.messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM due
    WHERE
      on_capped = 'hold'
  );

SELECT
  1
FROM outbox.messages
WHERE
  message_key IN (
    SELECT
      message_key
    FROM decided_before
  );

SELECT
  d.message_key,
  COALESCE(b.as_of, d.as_of) AS as_of,
  d.scenario,
  d.version,
  d.step,
  d.enrolment_id,
  d.contact_id,
  d.channel,
  d.address,
  d.topic,
  d.category,
  d.basis,
  d.template,
  d.locale,
  d.variant,
  d.due_at,
  d.not_before,
  d.expires_at,
  d.priority,
  d.status,
  d.reason,
  d.detail,
  d.changed_at
FROM decided AS d
LEFT JOIN decided_before AS b
  ON b.message_key = d.message_key;
