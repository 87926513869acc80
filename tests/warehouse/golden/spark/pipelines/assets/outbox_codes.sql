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
    k.offer,
    0,
    1
  FROM journeys.codes AS k
  LEFT JOIN journeys.enrolments AS e
    ON e.enrolment_id = k.enrolment_id
  WHERE
    k.as_of = :as_of AND k.code IS NULL AND NOT COALESCE(e.ghost, FALSE)
) AS c
GROUP BY
  offer
ORDER BY
  offer NULLS LAST;
