SELECT
  COALESCE(n.contact_id, m.contact_id) AS contact_id,
  CASE
    WHEN m.contact_id IS NULL
    THEN 'entered'
    WHEN n.contact_id IS NULL
    THEN 'left'
    ELSE 'kept'
  END AS change,
  COALESCE(m.entered_at, :as_of) AS entered_at,
  n.attributes
FROM segment_now AS n
FULL JOIN (
  SELECT
    contact_id,
    entered_at,
    attributes
  FROM segments.members
  WHERE
    segment = :segment
) AS m
  ON m.contact_id = n.contact_id
WHERE
  m.contact_id IS NULL
  OR n.contact_id IS NULL
  OR CAST(m.attributes AS STRING) IS DISTINCT FROM CAST(n.attributes AS STRING);

SELECT
  (
    SELECT
      COUNT(*)
    FROM segment_now
  ) AS members,
  (
    SELECT
      COUNT(*)
    FROM segments.members
    WHERE
      segment = :segment
  ) AS members_before,
  (
    SELECT
      COUNT(*)
    FROM segment_difference
    WHERE
      change = 'entered'
  ) AS entered,
  (
    SELECT
      COUNT(*)
    FROM segment_difference
    WHERE
      change = 'left'
  ) AS left_count;
