SELECT
  1
FROM audiences.given
WHERE
  audience = :audience
  AND EXISTS(
    SELECT
      1
    FROM audience_told AS t
    WHERE
      t.kind = given.kind AND t.hash = given.hash
  );
