SELECT DISTINCT
  kind AS word
FROM journeys.nodes
UNION
SELECT DISTINCT
  kind
FROM journeys.conditions
UNION
SELECT
  'window'
FROM journeys.windows
UNION
SELECT
  'joined'
FROM journeys.alternatives
WHERE
  part <> condition
UNION
SELECT
  'moved'
FROM journeys.moves
UNION
SELECT
  'weighed_anew'
FROM journeys.nodes
WHERE
  kind = 'split'
GROUP BY
  scenario
HAVING
  COUNT(DISTINCT version) > 1
UNION
SELECT
  'audience'
FROM live
WHERE
  NOT audience_where IS NULL
UNION
SELECT
  'ejected'
FROM live
WHERE
  ejects;
