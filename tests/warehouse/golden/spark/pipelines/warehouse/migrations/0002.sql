SELECT
  *
FROM journeys.triggers;

SELECT
  *
FROM triggers_before;

SELECT
  *
FROM journeys.nodes;

SELECT
  *
FROM nodes_before;

SELECT
  *
FROM journeys.conditions;

SELECT
  *
FROM conditions_before;

SELECT DISTINCT
  scenario,
  version,
  condition,
  0 AS way,
  condition AS part,
  1 AS parts
FROM journeys.nodes
WHERE
  kind = 'wait_for';
