SELECT
  1
FROM audiences.given
WHERE
  audience IN (
    SELECT
      audience
    FROM audience_formats
  )
  AND NOT EXISTS(
    SELECT
      1
    FROM audience_people AS p
    WHERE
      p.audience = given.audience
      AND p.member = given.member
      AND p.fingerprint = given.fingerprint
  );

SELECT
  audience,
  member,
  kind,
  hash,
  fingerprint,
  :now AS since
FROM audience_addresses
WHERE
  audience IN (
    SELECT
      audience
    FROM audience_formats
  );
