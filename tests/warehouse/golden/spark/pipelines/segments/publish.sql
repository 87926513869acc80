SELECT
  1
FROM segments.members
WHERE
  segment = :segment
  AND contact_id IN (
    SELECT
      contact_id
    FROM segment_difference
    WHERE
      change <> 'entered'
  );

SELECT
  :segment,
  contact_id,
  entered_at,
  attributes
FROM segment_difference
WHERE
  change <> 'left';

SELECT
  :segment,
  contact_id,
  change,
  :as_of,
  :cause,
  entered_at
FROM segment_difference
WHERE
  change <> 'kept';

SELECT
  :segment,
  :as_of,
  members,
  entered,
  left_count,
  'built',
  CAST(NULL AS STRING)
FROM segment_counts;
