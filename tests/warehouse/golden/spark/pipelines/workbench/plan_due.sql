SELECT
  message_key,
  scenario,
  step,
  contact_id,
  template,
  channel,
  locale,
  not_before,
  reason,
  status = 'to_send'
  OR (
    status = 'held' AND reason IN ('quiet_hours', 'not_yet')
  ) AS goes
FROM outbox.messages
WHERE
  not_before < :until
  AND (
    as_of > :as_of
    OR changed_at > :as_of
    OR (
      status = 'held' AND reason IN ('quiet_hours', 'not_yet') AND not_before >= :as_of
    )
  );
