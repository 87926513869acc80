SELECT
  offer,
  CAST(SUM(free) AS BIGINT) AS free,
  CAST(SUM(without) AS BIGINT) AS without
FROM (
  SELECT
    offer,
    CASE
      WHEN contact_id IS NULL
      AND redeemed_at IS NULL
      AND COALESCE(valid_until, :as_of) >= :as_of
      THEN 1
      ELSE 0
    END AS free,
    0 AS without
  FROM shop.offer_codes
  UNION ALL
  SELECT
    offer,
    0,
    1
  FROM journeys.codes
  WHERE
    as_of = :as_of AND code IS NULL
) AS c
GROUP BY
  offer
ORDER BY
  offer NULLS LAST;
