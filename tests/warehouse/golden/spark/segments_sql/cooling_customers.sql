SELECT
  contact_id
FROM facts.contacts
WHERE
  days_since_order >= 45
  AND days_since_order >= 1.2 * average_gap_days
  AND sessions_30d = 0
  AND NOT contact_id IN (
    SELECT
      contact_id
    FROM segments.lapsed_customers
  );
