SELECT
  1
FROM facts.unread_answers
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM answers_anew
  )
  OR (
    activity IS NULL AND contact_id IN (
      SELECT
        contact_id
      FROM file_read
    )
  );

SELECT
  contact_id,
  attribute,
  said,
  answered_at,
  activity,
  activity_id,
  loaded_at
FROM answers_read
WHERE
  value IS NULL;

WITH before AS (
  SELECT
    s.contact_id,
    s.attribute,
    s.value,
    s.answered_at,
    s.activity,
    s.activity_id
  FROM facts.stored_attributes AS s
  WHERE
    s.contact_id IN (
      SELECT
        contact_id
      FROM answers_read
      UNION ALL
      SELECT
        contact_id
      FROM file_read
    )
), said AS (
  SELECT
    contact_id,
    attribute,
    value,
    answered_at,
    activity,
    activity_id
  FROM answers_read
  WHERE
    NOT value IS NULL
  UNION ALL
  SELECT
    b.contact_id,
    b.attribute,
    b.value,
    b.answered_at,
    b.activity,
    b.activity_id
  FROM before AS b
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM answers_anew AS n
      WHERE
        n.contact_id = b.contact_id
    )
    AND (
      NOT b.activity IS NULL
      OR NOT EXISTS(
        SELECT
          1
        FROM file_read AS f
        WHERE
          f.contact_id = b.contact_id
      )
    )
), ranked AS (
  SELECT
    contact_id,
    attribute,
    value,
    answered_at,
    activity,
    activity_id,
    ROW_NUMBER() OVER (
      PARTITION BY contact_id, attribute
      ORDER BY CASE WHEN activity IS NULL THEN 1 ELSE 0 END NULLS LAST, answered_at DESC, activity_id DESC, activity DESC, value DESC
    ) AS place
  FROM said
)
SELECT
  COALESCE(r.contact_id, b.contact_id) AS contact_id,
  COALESCE(r.attribute, b.attribute) AS attribute,
  r.value,
  r.answered_at,
  r.activity,
  r.activity_id,
  r.value IS DISTINCT FROM b.value
  OR r.answered_at IS DISTINCT FROM b.answered_at
  OR r.activity IS DISTINCT FROM b.activity
  OR r.activity_id IS DISTINCT FROM b.activity_id AS changed
FROM (
  SELECT
    contact_id,
    attribute,
    value,
    answered_at,
    activity,
    activity_id
  FROM ranked
  WHERE
    place = 1
) AS r
FULL JOIN before AS b
  ON b.contact_id = r.contact_id AND b.attribute = r.attribute;

SELECT DISTINCT
  contact_id
FROM attributes_standing
WHERE
  changed;

SELECT
  1
FROM facts.stored_attributes
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM attributes_changed
  );

SELECT
  contact_id,
  attribute,
  value,
  answered_at,
  activity,
  activity_id
FROM attributes_standing
WHERE
  NOT value IS NULL
  AND contact_id IN (
    SELECT
      contact_id
    FROM attributes_changed
  );
