WITH touched AS (
  SELECT
    contact_id
  FROM counted_contacts
  UNION
  SELECT
    contact_id
  FROM changed_orders
  UNION
  SELECT
    contact_id
  FROM changed_sessions
  UNION
  SELECT
    contact_id
  FROM changed_site_events
  UNION
  SELECT
    contact_id
  FROM changed_message_events
  UNION
  SELECT
    contact_id
  FROM changed_points
  UNION
  SELECT
    contact_id
  FROM changed_consents
  UNION
  SELECT
    contact_id
  FROM changed_attributes
  UNION
  SELECT
    contact_id
  FROM counted_tags
  UNION
  SELECT
    contact_id
  FROM recounted
  WHERE
    block = 'contact_tags'
), known_before AS (
  SELECT
    t.contact_id,
    s.contact_no
  FROM touched AS t
  LEFT JOIN facts.stored_contacts AS s
    ON s.contact_id = t.contact_id
)
SELECT
  k.contact_id,
  COALESCE(
    k.contact_no,
    n.last + ROW_NUMBER() OVER (PARTITION BY k.contact_no IS NULL ORDER BY k.contact_id NULLS LAST)
  ) AS contact_no
FROM known_before AS k
CROSS JOIN (
  SELECT
    COALESCE(MAX(contact_no), 0) AS last
  FROM facts.stored_contacts
) AS n;
