SELECT
  'committed' AS status,
  (
    SELECT
      CAST(TO_JSON(
        NAMED_STRUCT(
          'entered',
          SUM(entered),
          'ended',
          SUM(ended),
          'due',
          SUM(due),
          'to_send',
          SUM(to_send),
          'held',
          SUM(held),
          'dropped',
          SUM(dropped)
        ),
        MAP('ignoreNullFields', 'false')
      ) AS STRING)
    FROM results.scenarios
    WHERE
      as_of = :as_of
  ) AS counts
FROM runs.ticks
WHERE
  as_of = :as_of;
