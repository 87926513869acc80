SELECT
  contact_id,
  tag,
  kind
FROM (
  SELECT
    contact_id,
    word AS tag,
    kind,
    ROW_NUMBER() OVER (PARTITION BY contact_id, word ORDER BY reached_at DESC, kind DESC) AS _w
  FROM walked
  WHERE
    ready AND kind IN ('tag', 'untag')
) AS _t
WHERE
  _w = 1;

SELECT
  :as_of AS removed_at
FROM raw.contact_tags
WHERE
  removed_at IS NULL
  AND EXISTS(
    SELECT
      1
    FROM tags_said AS s
    WHERE
      s.kind = 'untag'
      AND s.contact_id = contact_tags.contact_id
      AND s.tag = contact_tags.tag
  );

SELECT
  s.contact_id,
  s.tag,
  :as_of AS added_at,
  'scenario' AS source,
  'relance' AS loaded_from,
  :as_of AS loaded_at
FROM tags_said AS s
WHERE
  s.kind = 'tag'
  AND NOT EXISTS(
    SELECT
      1
    FROM raw.contact_tags AS t
    WHERE
      t.contact_id = s.contact_id
      AND t.tag = s.tag
      AND (
        t.removed_at IS NULL OR t.added_at = :as_of
      )
  );
