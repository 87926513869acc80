SELECT
  t.enrolment_id,
  t.contact_id,
  c.condition,
  c.offer,
  COUNT(n.node) > 0 AS own
FROM touched AS t
JOIN journeys.conditions AS c
  ON c.scenario = t.scenario AND c.version = t.version AND c.kind = 'offer_unused'
LEFT JOIN journeys.nodes AS n
  ON n.scenario = t.scenario
  AND n.version = t.version
  AND n.kind = 'offer'
  AND n.word = c.offer
GROUP BY
  t.enrolment_id,
  t.contact_id,
  c.condition,
  c.offer;

SELECT
  k.enrolment_id,
  k.offer
FROM journeys.codes AS k
LEFT JOIN shop.offer_codes AS o
  ON o.offer = k.offer AND o.code = k.code
WHERE
  k.enrolment_id IN (
    SELECT
      enrolment_id
    FROM offers_asked
    WHERE
      own
  )
  AND (
    k.code IS NULL OR NOT o.redeemed_at IS NULL OR k.valid_until < :as_of
  );

SELECT
  a.enrolment_id,
  a.condition
FROM offers_asked AS a
WHERE
  a.own
  AND NOT EXISTS(
    SELECT
      1
    FROM codes_spent AS s
    WHERE
      s.enrolment_id = a.enrolment_id AND s.offer = a.offer
  )
UNION
SELECT
  a.enrolment_id,
  a.condition
FROM offers_asked AS a
JOIN shop.offer_codes AS o
  ON o.contact_id = a.contact_id AND o.offer = a.offer
WHERE
  NOT a.own AND o.redeemed_at IS NULL AND COALESCE(o.valid_until, :as_of) >= :as_of;
