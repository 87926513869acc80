SELECT
  contact_id
FROM facts.contacts
WHERE
  days_since_order >= 90
  AND days_since_order >= 1.5 * COALESCE(average_gap_days, 0);
