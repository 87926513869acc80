SELECT
  scenario,
  as_of,
  entered,
  refused,
  ended,
  converted,
  in_flight,
  due,
  to_send,
  held,
  dropped,
  state
FROM (
  SELECT
    f.*,
    ROW_NUMBER() OVER (PARTITION BY scenario ORDER BY as_of DESC) AS place
  FROM results.scenarios AS f
  WHERE
    as_of <= :as_of
) AS recent
WHERE
  place <= :limit
ORDER BY
  scenario NULLS LAST,
  as_of NULLS LAST;
