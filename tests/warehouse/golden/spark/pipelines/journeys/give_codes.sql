SELECT
  w.enrolment_id,
  w.contact_id,
  w.word AS offer,
  GREATEST(MIN(w.reached_at), :as_of) AS given_at,
  (
    GREATEST(MIN(w.reached_at), :as_of) + MAKE_DT_INTERVAL(0, 0, 0, MAX(o.valid_seconds))
  ) AS ends_at,
  ROW_NUMBER() OVER (
    PARTITION BY w.word
    ORDER BY MIN(w.reached_at) NULLS LAST, w.enrolment_id NULLS LAST
  ) AS place
FROM walked AS w
LEFT JOIN offers AS o
  ON o.offer = w.word
WHERE
  w.round = :round
  AND w.ready
  AND w.kind = 'offer'
  AND NOT w.ghost
  AND NOT EXISTS(
    SELECT
      1
    FROM journeys.codes AS k
    WHERE
      k.enrolment_id = w.enrolment_id AND k.offer = w.word AND NOT k.code IS NULL
  )
GROUP BY
  w.enrolment_id,
  w.contact_id,
  w.word;

SELECT
  f.offer,
  f.code,
  f.valid_until,
  ROW_NUMBER() OVER (PARTITION BY f.offer ORDER BY f.valid_until NULLS LAST, f.code NULLS LAST) AS place
FROM (
  SELECT
    offer,
    code,
    valid_until
  FROM (
    SELECT
      offer,
      code,
      valid_until,
      ROW_NUMBER() OVER (PARTITION BY code ORDER BY offer NULLS LAST) AS _w
    FROM shop.offer_codes
    WHERE
      offer IN (
        SELECT
          offer
        FROM takers
      )
      AND contact_id IS NULL
      AND redeemed_at IS NULL
      AND COALESCE(valid_until, :as_of) >= :as_of
      AND NOT code IN (
        SELECT
          code
        FROM journeys.codes
        WHERE
          NOT code IS NULL
      )
  ) AS _t
  WHERE
    _w = 1
) AS f;

SELECT
  1
FROM journeys.codes
WHERE
  EXISTS(
    SELECT
      1
    FROM takers AS t
    WHERE
      t.enrolment_id = codes.enrolment_id AND t.offer = codes.offer
  );

SELECT
  t.enrolment_id,
  t.contact_id,
  t.offer,
  f.code,
  CAST(NULL AS STRING) AS message_key,
  t.given_at,
  CASE
    WHEN NOT f.code IS NULL
    THEN LEAST(COALESCE(f.valid_until, t.ends_at), COALESCE(t.ends_at, f.valid_until))
  END AS valid_until,
  :as_of AS as_of
FROM takers AS t
LEFT JOIN free_codes AS f
  ON f.offer = t.offer AND f.place = t.place;
