SELECT
  s.contact_id,
  s.category,
  CASE WHEN v.contact_id IS NULL THEN s.visited ELSE 0 END AS visited,
  CASE WHEN c.contact_id IS NULL THEN s.clicked ELSE 0 END AS clicked,
  CASE WHEN o.contact_id IS NULL THEN s.bought ELSE 0 END AS bought,
  CASE WHEN t.contact_id IS NULL THEN s.tagged ELSE 0 END AS tagged
FROM facts.stored_interests AS s
LEFT JOIN recounted AS v
  ON v.contact_id = s.contact_id AND v.block = 'site_events'
LEFT JOIN recounted AS c
  ON c.contact_id = s.contact_id AND c.block = 'message_events'
LEFT JOIN recounted AS o
  ON o.contact_id = s.contact_id AND o.block = 'orders'
LEFT JOIN recounted AS t
  ON t.contact_id = s.contact_id AND t.block = 'contact_tags'
WHERE
  s.contact_id IN (
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
  contact_id IN (
    SELECT
      contact_id
    FROM interests_before
  );

WITH touches AS (
  SELECT
    e.contact_id,
    p.category,
    1 AS visited,
    0 AS clicked,
    0 AS bought,
    0 AS tagged
  FROM counted_site_events AS e
  JOIN placed AS p
    ON p.kind = 'product' AND p.ref = e.product_id
  WHERE
    e.name = 'product_viewed'
  UNION ALL
  SELECT
    e.contact_id,
    p.category,
    0,
    1,
    0,
    0
  FROM counted_message_events AS e
  JOIN placed AS p
    ON p.kind = 'page' AND p.ref = SPLIT_PART(e.url, '?', 1)
  WHERE
    e.kind = 'clicked'
  UNION ALL
  SELECT
    contact_id,
    category,
    0,
    0,
    1,
    0
  FROM bought
  WHERE
    NOT category IS NULL
  UNION ALL
  SELECT
    contact_id,
    tag,
    0,
    0,
    0,
    1
  FROM counted_tags
  GROUP BY
    contact_id,
    tag
  UNION ALL
  SELECT
    contact_id,
    category,
    visited,
    clicked,
    bought,
    tagged
  FROM interests_before
  UNION ALL
  SELECT
    contact_id,
    '',
    0,
    0,
    0,
    0
  FROM recounted
  WHERE
    block IN ('orders', 'site_events', 'message_events', 'contact_tags')
)
SELECT
  contact_id,
  category,
  CAST(SUM(visited) AS BIGINT) AS visited,
  CAST(SUM(clicked) AS BIGINT) AS clicked,
  CAST(SUM(bought) AS BIGINT) AS bought,
  CAST(SUM(tagged) AS BIGINT) AS tagged
FROM touches
GROUP BY
  contact_id,
  category;

SELECT
  contact_id,
  category,
  visited,
  clicked,
  bought,
  tagged
FROM interests
WHERE
  visited + clicked + bought + tagged > 0;

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
