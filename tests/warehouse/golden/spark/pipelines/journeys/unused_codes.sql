SELECT
  t.enrolment_id,
  t.contact_id,
  t.ghost,
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
  t.ghost,
  c.condition,
  c.offer;

SELECT
  a.enrolment_id,
  a.condition
FROM offers_asked AS a
JOIN journeys.codes AS k
  ON k.enrolment_id = a.enrolment_id AND k.offer = a.offer
LEFT JOIN shop.offer_codes AS o
  ON o.offer = k.offer AND o.code = k.code
WHERE
  a.own
  AND (
    NOT k.code IS NULL OR a.ghost
  )
  AND o.redeemed_at IS NULL
  AND COALESCE(k.valid_until, :as_of) >= :as_of
UNION
SELECT
  a.enrolment_id,
  a.condition
FROM offers_asked AS a
JOIN shop.offer_codes AS o
  ON o.contact_id = a.contact_id AND o.offer = a.offer
WHERE
  NOT a.own AND o.redeemed_at IS NULL AND COALESCE(o.valid_until, :as_of) >= :as_of;
