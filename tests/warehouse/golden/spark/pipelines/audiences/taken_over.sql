SELECT
  :audience AS audience,
  :number AS number,
  :action AS action,
  :name AS name,
  :lines AS lines,
  :now AS as_of,
  :now AS decided_at,
  TRUE AS written;

SELECT
  '' AS fingerprint
FROM audiences.given
WHERE
  audience = :audience;
