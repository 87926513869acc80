SELECT
  as_of,
  day
FROM facts.state
WHERE
  as_of = :previous AND loaded_until = :previous AND rules = :rules;
