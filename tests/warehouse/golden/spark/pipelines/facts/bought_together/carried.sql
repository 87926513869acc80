SELECT
  s.as_of,
  s.day,
  s.orders
FROM facts.together_state AS s
WHERE
  s.rules = :rules
  AND s.loaded_until = s.as_of
  AND s.as_of < CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
  AND s.as_of IN (
    SELECT
      as_of
    FROM runs.ticks
    WHERE
      status = 'committed'
  );
