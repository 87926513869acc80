SELECT
  *
FROM journeys.nodes;

SELECT
  *
FROM nodes_before;
