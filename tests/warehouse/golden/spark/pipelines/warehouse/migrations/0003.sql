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

SELECT
  *
FROM outbox.messages;

SELECT
  *
FROM messages_before;
