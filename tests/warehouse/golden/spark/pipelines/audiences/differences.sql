SELECT
  a.audience,
  a.kind,
  a.hash
FROM audience_addresses AS a
UNION
SELECT
  g.audience,
  g.kind,
  g.hash
FROM audiences.given AS g
JOIN audience_people AS p
  ON p.audience = g.audience AND p.member = g.member AND p.fingerprint = g.fingerprint;

SELECT
  l.audience,
  l.kind,
  l.hash,
  ROW_NUMBER() OVER (PARTITION BY l.audience ORDER BY l.kind NULLS LAST, l.hash NULLS LAST) AS place
FROM (
  SELECT DISTINCT
    g.audience,
    g.kind,
    g.hash
  FROM audiences.given AS g
  JOIN audience_formats AS f
    ON f.audience = g.audience
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM audience_standing AS s
      WHERE
        s.audience = g.audience AND s.kind = g.kind AND s.hash = g.hash
    )
) AS l;

SELECT
  n.audience,
  n.kind,
  n.hash,
  n.member,
  ROW_NUMBER() OVER (PARTITION BY n.audience ORDER BY n.kind NULLS LAST, n.hash NULLS LAST) AS place
FROM (
  SELECT
    audience,
    kind,
    hash,
    MIN(member) AS member
  FROM audience_addresses AS a
  WHERE
    NOT EXISTS(
      SELECT
        1
      FROM audiences.given AS g
      WHERE
        g.audience = a.audience AND g.kind = a.kind AND g.hash = a.hash
    )
  GROUP BY
    audience,
    kind,
    hash
) AS n;

SELECT DISTINCT
  g.audience,
  g.kind,
  g.hash
FROM audiences.given AS g
JOIN audiences.given AS o
  ON o.audience = g.audience AND o.member = g.member
JOIN audience_leaving AS l
  ON l.audience = o.audience AND l.kind = o.kind AND l.hash = o.hash;

SELECT
  n.*,
  ROW_NUMBER() OVER (PARTITION BY n.audience ORDER BY n.member NULLS LAST) AS line
FROM audience_news AS n
WHERE
  EXISTS(
    SELECT
      1
    FROM audience_new AS a
    WHERE
      a.audience = n.audience AND a.member = n.member
  )
  OR EXISTS(
    SELECT
      1
    FROM audience_addresses AS a
    JOIN audience_loosened AS l
      ON l.audience = a.audience AND l.kind = a.kind AND l.hash = a.hash
    WHERE
      a.audience = n.audience AND a.member = n.member
  );
