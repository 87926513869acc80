SELECT
  w.enrolment_id,
  w.contact_id,
  w.ghost,
  w.word AS offer,
  GREATEST(w.reached_at, :as_of) AS given_at,
  (
    GREATEST(w.reached_at, :as_of) + MAKE_DT_INTERVAL(0, 0, 0, o.valid_seconds)
  ) AS ends_at,
  ROW_NUMBER() OVER (
    PARTITION BY w.word, w.ghost
    ORDER BY w.reached_at NULLS LAST, w.enrolment_id NULLS LAST
  ) AS place
FROM walked AS w
LEFT JOIN offers AS o
  ON o.offer = w.word
WHERE
  w.round = :round
  AND w.ready
  AND w.kind = 'offer'
  AND NOT EXISTS(
    SELECT
      1
    FROM journeys.codes AS k
    WHERE
      k.enrolment_id = w.enrolment_id
      AND k.offer = w.word
      AND (
        NOT k.code IS NULL OR w.ghost
      )
  );

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
      o.offer,
      o.code,
      o.valid_until,
      ROW_NUMBER() OVER (PARTITION BY o.code ORDER BY o.offer NULLS LAST) AS _w
    FROM shop.offer_codes AS o
    JOIN (
      SELECT
        offer,
        MAX(given_at) AS given_at
      FROM takers
      WHERE
        NOT ghost
      GROUP BY
        offer
    ) AS t
      ON t.offer = o.offer
    WHERE
      o.contact_id IS NULL
      AND o.redeemed_at IS NULL
      AND COALESCE(o.valid_until, t.given_at) >= t.given_at
      AND NOT o.code IN (
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
    WHEN NOT f.code IS NULL OR t.ghost
    THEN LEAST(COALESCE(f.valid_until, t.ends_at), COALESCE(t.ends_at, f.valid_until))
  END AS valid_until,
  :as_of AS as_of
FROM takers AS t
LEFT JOIN free_codes AS f
  ON f.offer = t.offer AND f.place = t.place AND NOT t.ghost;
