SELECT
  b.contact_id,
  b.contact_no,
  b.category,
  CASE WHEN v.contact_id IS NULL THEN b.visited ELSE 0 END AS visited,
  CASE WHEN c.contact_id IS NULL THEN b.clicked ELSE 0 END AS clicked,
  CASE WHEN o.contact_id IS NULL THEN b.bought ELSE 0 END AS bought,
  CASE WHEN t.contact_id IS NULL THEN b.tagged ELSE 0 END AS tagged
FROM (
  SELECT
    n.contact_id,
    n.contact_no,
    s.category,
    s.visited,
    s.clicked,
    s.bought,
    s.tagged
  FROM facts.stored_interests AS s
  JOIN touched_contacts AS n
    ON n.contact_no = s.contact_no
) AS b
LEFT JOIN recounted AS v
  ON v.contact_id = b.contact_id AND v.block = 'site_events'
LEFT JOIN recounted AS c
  ON c.contact_id = b.contact_id AND c.block = 'message_events'
LEFT JOIN recounted AS o
  ON o.contact_id = b.contact_id AND o.block = 'orders'
LEFT JOIN recounted AS t
  ON t.contact_id = b.contact_id AND t.block = 'contact_tags'
WHERE
  b.contact_id IN (
    SELECT
      contact_id
    FROM counted_site_events
    WHERE
      name = 'product_viewed'
    UNION ALL
    SELECT
      contact_id
    FROM counted_message_events
    WHERE
      kind = 'clicked'
    UNION ALL
    SELECT
      contact_id
    FROM bought
    UNION ALL
    SELECT
      contact_id
    FROM recounted
    WHERE
      block IN ('orders', 'site_events', 'message_events', 'contact_tags')
  );

SELECT
  1
FROM facts.stored_interests
WHERE
  contact_no IN (
    SELECT
      contact_no
    FROM interests_before
  );

WITH touches AS (
  SELECT
    e.contact_id,
    p.category,
    'visited' AS touch
  FROM counted_site_events AS e
  JOIN placed AS p
    ON p.kind = 'product' AND p.ref = e.product_id
  WHERE
    e.name = 'product_viewed'
  UNION ALL
  SELECT
    e.contact_id,
    p.category,
    'clicked'
  FROM counted_message_events AS e
  JOIN placed AS p
    ON p.kind = 'page' AND p.ref = SPLIT_PART(e.url, '?', 1)
  WHERE
    e.kind = 'clicked'
  UNION ALL
  SELECT
    contact_id,
    category,
    'bought'
  FROM bought
  WHERE
    NOT category IS NULL
  UNION ALL
  SELECT
    contact_id,
    tag,
    'tagged'
  FROM counted_tags
  GROUP BY
    contact_id,
    tag
  UNION ALL
  SELECT
    contact_id,
    '',
    'none'
  FROM recounted
  WHERE
    block IN ('orders', 'site_events', 'message_events', 'contact_tags')
), counted AS (
  SELECT
    contact_id,
    category,
    COUNT(CASE WHEN touch = 'visited' THEN 1 END) AS visited,
    COUNT(CASE WHEN touch = 'clicked' THEN 1 END) AS clicked,
    COUNT(CASE WHEN touch = 'bought' THEN 1 END) AS bought,
    COUNT(CASE WHEN touch = 'tagged' THEN 1 END) AS tagged
  FROM touches
  GROUP BY
    contact_id,
    category
)
SELECT
  COALESCE(c.contact_id, b.contact_id) AS contact_id,
  COALESCE(c.category, b.category) AS category,
  COALESCE(c.visited, 0) + COALESCE(b.visited, 0) AS visited,
  COALESCE(c.clicked, 0) + COALESCE(b.clicked, 0) AS clicked,
  COALESCE(c.bought, 0) + COALESCE(b.bought, 0) AS bought,
  COALESCE(c.tagged, 0) + COALESCE(b.tagged, 0) AS tagged
FROM counted AS c
FULL JOIN interests_before AS b
  ON b.contact_id = c.contact_id AND b.category = c.category;

SELECT
  i.contact_id,
  i.category,
  i.visited,
  i.clicked,
  i.bought,
  i.tagged,
  t.contact_no
FROM interests AS i
JOIN touched_contacts AS t
  ON t.contact_id = i.contact_id
WHERE
  i.visited + i.clicked + i.bought + i.tagged > 0;

WITH weighed AS (
  SELECT
    contact_id,
    category,
    bought,
    visited + 3 * clicked + 5 * bought + 10 * tagged AS interest
  FROM interests
), ranked AS (
  SELECT
    contact_id,
    category,
    bought,
    interest,
    MAX(bought) OVER (PARTITION BY contact_id) AS most,
    ROW_NUMBER() OVER (PARTITION BY contact_id ORDER BY interest DESC, category NULLS LAST) AS place
  FROM weighed
)
SELECT
  contact_id,
  MIN(CASE WHEN bought > 0 AND bought = most THEN category END) AS favourite_category,
  MAX(CASE WHEN place = 1 AND interest > 0 THEN category END) || COALESCE(',' || MAX(CASE WHEN place = 2 AND interest > 0 THEN category END), '') || COALESCE(',' || MAX(CASE WHEN place = 3 AND interest > 0 THEN category END), '') AS top_interests
FROM ranked
GROUP BY
  contact_id;
