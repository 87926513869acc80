SELECT
  n.fault AS fault
FROM phones, outbox.numbers AS n
WHERE
  n.number_hash = SHA2(phones.phone, 256) AND NOT n.fault IS NULL;
