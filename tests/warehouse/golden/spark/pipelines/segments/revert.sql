SELECT
  1
FROM segments.members
WHERE
  segment = :segment
  AND contact_id IN (
    SELECT
      contact_id
    FROM segments.changes
    WHERE
      segment = :segment AND as_of = :as_of AND change = 'entered'
  );

SELECT
  segment,
  contact_id,
  entered_at,
  CAST(NULL AS STRING)
FROM segments.changes
WHERE
  segment = :segment AND as_of = :as_of AND change = 'left';

SELECT
  1
FROM segments.changes
WHERE
  segment = :segment AND as_of = :as_of;

SELECT
  1
FROM segments.sizes
WHERE
  segment = :segment AND as_of = :as_of;

SELECT
  1
FROM segments.definitions
WHERE
  segment = :segment AND since = :as_of;
