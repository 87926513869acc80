SELECT
  :as_of AS removed_at
FROM raw.contact_tags
WHERE
  removed_at IS NULL
  AND EXISTS(
    SELECT
      1
    FROM walked AS w
    WHERE
      w.round = :round
      AND w.ready
      AND w.kind = 'untag'
      AND w.contact_id = contact_tags.contact_id
      AND w.word = contact_tags.tag
  );

SELECT DISTINCT
  w.contact_id,
  w.word AS tag,
  :as_of AS added_at,
  'scenario' AS source,
  'relance' AS loaded_from,
  :as_of AS loaded_at
FROM walked AS w
WHERE
  w.round = :round
  AND w.ready
  AND w.kind = 'tag'
  AND NOT EXISTS(
    SELECT
      1
    FROM raw.contact_tags AS t
    WHERE
      t.contact_id = w.contact_id
      AND t.tag = w.word
      AND (
        t.removed_at IS NULL OR t.added_at = :as_of
      )
  );
