SELECT
  1
FROM facts.stored_together
WHERE
  TRUE;

SELECT
  1
FROM facts.pairs
WHERE
  TRUE;

SELECT
  1
FROM facts.baskets
WHERE
  TRUE;

SELECT
  1
FROM facts.together_state
WHERE
  TRUE;
