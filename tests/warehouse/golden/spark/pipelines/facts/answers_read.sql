SELECT
  contact_id
FROM raw.corrections
WHERE
  loaded_at > :previous AND contract IN (
    SELECT
      name
    FROM answer_tables
  )
UNION
SELECT
  contact_id
FROM answers_restated
WHERE
  NOT contact_id IS NULL;

SELECT
  contact_id
FROM raw.contacts
WHERE
  (
    created_at >= :loaded_after
    AND created_at < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  )
  OR loaded_at > :loaded_after
  OR corrected_at > :loaded_after
UNION
SELECT
  contact_id
FROM answers_anew;

SELECT
  a.contact_id,
  a.attribute,
  a.said,
  a.value,
  a.answered_at,
  a.activity,
  a.activity_id,
  a.loaded_at
FROM answered AS a
WHERE
  a.answered_at >= :loaded_after
  AND NOT EXISTS(
    SELECT
      1
    FROM answers_anew AS n
    WHERE
      n.contact_id = a.contact_id
  )
UNION ALL
SELECT
  a.contact_id,
  a.attribute,
  a.said,
  a.value,
  a.answered_at,
  a.activity,
  a.activity_id,
  a.loaded_at
FROM answered AS a
WHERE
  a.answered_at < :loaded_after
  AND a.loaded_at > :loaded_after
  AND NOT EXISTS(
    SELECT
      1
    FROM answers_anew AS n
    WHERE
      n.contact_id = a.contact_id
  )
UNION ALL
SELECT
  a.contact_id,
  a.attribute,
  a.said,
  a.value,
  a.answered_at,
  a.activity,
  a.activity_id,
  a.loaded_at
FROM answered AS a
WHERE
  a.contact_id IN (
    SELECT
      contact_id
    FROM answers_anew
  )
UNION ALL
SELECT
  f.contact_id,
  f.attribute,
  f.said,
  f.value,
  f.answered_at,
  f.activity,
  f.activity_id,
  f.loaded_at
FROM filed AS f
WHERE
  f.contact_id IN (
    SELECT
      contact_id
    FROM file_read
  );
