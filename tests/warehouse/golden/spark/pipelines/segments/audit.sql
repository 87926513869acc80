SELECT
  (
    SELECT
      COUNT(*)
    FROM segment_difference
    WHERE
      contact_id IS NULL
  ) AS without_id,
  (
    SELECT
      COUNT(contact_id) - COUNT(DISTINCT contact_id)
    FROM segment_difference
    WHERE
      change = 'entered'
  ) + (
    c.members - c.entered
  ) - (
    c.members_before - c.left_count
  ) AS repeated,
  (
    SELECT
      COUNT(*)
    FROM segment_difference AS d
    ANTI JOIN facts.contacts AS k
      ON k.contact_id = d.contact_id
    WHERE
      d.change = 'entered' AND NOT d.contact_id IS NULL
  ) AS unknown
FROM segment_counts AS c;
