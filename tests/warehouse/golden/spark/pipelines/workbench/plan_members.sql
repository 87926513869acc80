SELECT
  segment,
  contact_id
FROM segments.members
WHERE
  segment IN (
    SELECT
      segment
    FROM planned_segments
  );

SELECT
  segment,
  reason
FROM segments.sizes
WHERE
  segment IN (
    SELECT
      segment
    FROM planned_segments
  )
  AND status = 'held'
  AND as_of = (
    SELECT
      MAX(as_of)
    FROM runs.ticks
    WHERE
      status = 'committed'
  );
