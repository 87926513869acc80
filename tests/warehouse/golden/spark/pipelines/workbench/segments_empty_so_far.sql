SELECT
  segment
FROM segments.sizes
WHERE
  status = 'built'
GROUP BY
  segment
HAVING
  MAX(members) = 0
ORDER BY
  segment NULLS LAST;
