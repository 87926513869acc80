SELECT
  p.*,
  SHA2(
    (
      p.platform || '|' || p.email || '|' || p.phone || '|' || p.first_name || '|' || p.last_name || '|' || p.country || '|' || p.postcode
    ),
    256
  ) AS fingerprint
FROM (
  SELECT
    m.audience,
    SHA2(m.contact_id, 256) AS member,
    f.platform,
    COALESCE(c.email, '') AS email,
    COALESCE(c.phone, '') AS phone,
    COALESCE(c.first_name, '') AS first_name,
    COALESCE(c.last_name, '') AS last_name,
    COALESCE(c.country, '') AS country,
    COALESCE(GET_JSON_OBJECT(c.attributes, CONCAT('$[\'', NULLIF(f.postcode, ''), '\']')), '') AS postcode
  FROM audiences.members AS m
  JOIN audience_formats AS f
    ON f.audience = m.audience
  JOIN shop.contacts AS c
    ON c.contact_id = m.contact_id
) AS p;

SELECT
  p.*,
  ROW_NUMBER() OVER (PARTITION BY p.audience ORDER BY p.member NULLS LAST) AS place
FROM audience_people AS p
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM audiences.given AS g
    WHERE
      g.audience = p.audience AND g.member = p.member AND g.fingerprint = p.fingerprint
  );
