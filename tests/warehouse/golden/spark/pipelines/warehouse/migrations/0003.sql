SELECT
  *
FROM outbox.messages;

SELECT
  *
FROM messages_before;
