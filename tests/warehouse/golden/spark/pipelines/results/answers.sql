WITH handed_over AS (
  SELECT DISTINCT
    message_key
  FROM delivery.sends
  WHERE
    state = 'accepted'
    AND changed_at >= (
      :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
        -2592000
      ))
    )
    AND changed_at < :as_of
), answers AS (
  SELECT
    e.message_key,
    BOOL_OR(e.kind = 'opened') AS opened,
    BOOL_OR(e.kind = 'opened' AND NOT STARTSWITH(LOWER(COALESCE(e.reason, '')), 'machine')) AS opened_by_person,
    BOOL_OR(
      e.kind = 'clicked'
      AND NOT COALESCE(
        e.url LIKE REPLACE(
          REPLACE(REPLACE(:way_out, '{message_key}', e.message_key), '{contact_id}', '%'),
          '{token}',
          '%'
        ) || '%',
        FALSE
      )
    ) AS clicked
  FROM shop.message_events AS e
  WHERE
    e.kind IN ('opened', 'clicked')
    AND e.occurred_at >= (
      :as_of + MAKE_DT_INTERVAL(0, 0, 0, (
        -2592000
      ))
    )
    AND e.message_key IN (
      SELECT
        message_key
      FROM handed_over
    )
  GROUP BY
    e.message_key
), counted AS (
  SELECT
    m.scenario,
    m.channel,
    COUNT(*) AS handed_over,
    CASE
      WHEN m.channel = 'email'
      THEN COUNT(CASE WHEN a.opened_by_person THEN 1 END)
    END AS opened,
    CASE
      WHEN m.channel = 'email'
      THEN COUNT(CASE WHEN a.opened AND NOT a.opened_by_person THEN 1 END)
    END AS opened_by_machine,
    COUNT(CASE WHEN a.clicked THEN 1 END) AS clicked
  FROM handed_over AS h
  JOIN outbox.messages AS m
    ON m.message_key = h.message_key
  LEFT JOIN answers AS a
    ON a.message_key = h.message_key
  GROUP BY
    m.scenario,
    m.channel
)
SELECT
  scenario,
  channel,
  handed_over,
  opened,
  opened_by_machine,
  clicked,
  opened / NULLIF(handed_over, 0) AS opened_of_handed_over,
  clicked / NULLIF(handed_over, 0) AS clicked_of_handed_over
FROM counted
ORDER BY
  scenario NULLS LAST,
  channel NULLS LAST;
