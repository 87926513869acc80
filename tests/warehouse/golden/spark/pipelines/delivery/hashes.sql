SELECT
  what,
  kind,
  hash,
  reason,
  topic,
  since
FROM known_alone
ORDER BY
  since NULLS LAST,
  what NULLS LAST,
  kind NULLS LAST,
  hash NULLS LAST,
  reason NULLS LAST,
  topic NULLS LAST;
