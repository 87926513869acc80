SELECT
  audience,
  COUNT(DISTINCT kind || hash) AS addresses
FROM audiences.given
GROUP BY
  audience
ORDER BY
  audience NULLS LAST;
