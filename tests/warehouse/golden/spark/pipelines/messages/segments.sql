SELECT
  contact_id,
  segment
FROM segments.members
WHERE
  contact_id IN (
    SELECT
      contact_id
    FROM render_subjects
  );
