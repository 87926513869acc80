SELECT
  contact_id
FROM facts.contacts
WHERE
  lead_score >= 30;
