SELECT
  r.audience,
  m.contact_id
FROM audience_rules AS r
JOIN segments.members AS m
  ON m.segment = r.segment
UNION ALL
SELECT
  a.audience,
  a.contact_id
FROM (
  SELECT
    audience,
    contact_id,
    action
  FROM (
    SELECT
      audience,
      contact_id,
      action,
      ROW_NUMBER() OVER (PARTITION BY audience, contact_id ORDER BY asked_at DESC, action DESC) AS _w
    FROM audiences.asked
  ) AS _t
  WHERE
    _w = 1
) AS a
JOIN audience_rules AS r
  ON r.audience = a.audience AND r.segment IS NULL
WHERE
  a.action = 'add';

SELECT
  audience,
  contact_id,
  agreed,
  since
FROM (
  SELECT
    m.audience,
    m.contact_id,
    s.granted AND s.basis = 'opt_in' AS agreed,
    s.occurred_at AS since,
    ROW_NUMBER() OVER (
      PARTITION BY m.audience, m.contact_id
      ORDER BY s.occurred_at DESC, CASE WHEN s.granted THEN 1 ELSE 0 END NULLS LAST, s.topic NULLS LAST, s.basis NULLS LAST
    ) AS _w
  FROM meant AS m
  JOIN audience_rules AS r
    ON r.audience = m.audience
  JOIN shop.consents AS s
    ON s.contact_id = m.contact_id
    AND s.channel = r.channel
    AND s.topic IN (r.topic, 'all')
) AS _t
WHERE
  _w = 1;

SELECT DISTINCT
  m.audience,
  m.contact_id
FROM (
  SELECT
    m.audience,
    m.contact_id,
    SHA2(c.email, 256) AS address_hash
  FROM meant AS m
  JOIN shop.contacts AS c
    ON c.contact_id = m.contact_id
  UNION ALL
  SELECT
    m.audience,
    m.contact_id,
    SHA2(c.phone, 256)
  FROM meant AS m
  JOIN shop.contacts AS c
    ON c.contact_id = m.contact_id
  UNION ALL
  SELECT
    m.audience,
    m.contact_id,
    SHA2(m.contact_id, 256)
  FROM meant AS m
) AS m
JOIN delivery.suppressions AS x
  ON x.address_hash = m.address_hash
JOIN audience_rules AS r
  ON r.audience = m.audience
LEFT JOIN audience_consents AS s
  ON s.audience = m.audience AND s.contact_id = m.contact_id
WHERE
  x.since < :now
  AND (
    x.reason <> 'unsubscribed'
    OR (
      COALESCE(x.topic, r.topic) = r.topic
      AND NOT COALESCE(s.agreed AND s.since > x.since, FALSE)
    )
  );

SELECT
  m.audience,
  m.contact_id,
  CASE
    WHEN NOT COALESCE(s.agreed, FALSE)
    THEN 'no_consent'
    WHEN NOT x.contact_id IS NULL
    THEN 'suppressed'
    WHEN c.email IS NULL AND (
      c.phone IS NULL OR NOT r.takes_phones
    )
    THEN 'unreachable'
    WHEN COALESCE(
      a.arm = 'ghost',
      (
        CAST(CONV(
          SUBSTRING(
            MD5(CAST((
              'holdout|' || COALESCE(SHA2(c.email, 256), c.contact_id)
            ) AS STRING)),
            1,
            8
          ),
          16,
          10
        ) AS BIGINT) % 10000
      ) < :holdout * 10000
    )
    THEN 'held_out'
  END AS reason
FROM meant AS m
JOIN audience_rules AS r
  ON r.audience = m.audience
JOIN shop.contacts AS c
  ON c.contact_id = m.contact_id
LEFT JOIN audience_consents AS s
  ON s.audience = m.audience AND s.contact_id = m.contact_id
LEFT JOIN audience_suppressed AS x
  ON x.audience = m.audience AND x.contact_id = m.contact_id
LEFT JOIN journeys.arms AS a
  ON a.experiment = 'holdout'
  AND a.subject = COALESCE(SHA2(c.email, 256), c.contact_id);

SELECT
  1
FROM audiences.members
WHERE
  NOT EXISTS(
    SELECT
      1
    FROM audience_verdicts AS v
    WHERE
      v.audience = members.audience
      AND v.contact_id = members.contact_id
      AND v.reason IS NULL
  );

SELECT
  v.audience,
  v.contact_id,
  :now AS entered_at
FROM audience_verdicts AS v
WHERE
  v.reason IS NULL
  AND NOT EXISTS(
    SELECT
      1
    FROM audiences.members AS m
    WHERE
      m.audience = v.audience AND m.contact_id = v.contact_id
  );

SELECT
  1
FROM audiences.sizes
WHERE
  as_of = :as_of;

SELECT
  r.audience,
  :as_of AS as_of,
  COUNT(CASE WHEN NOT v.contact_id IS NULL AND v.reason IS NULL THEN 1 END) AS members,
  COUNT(CASE WHEN v.reason = 'no_consent' THEN 1 END) AS no_consent,
  COUNT(CASE WHEN v.reason = 'suppressed' THEN 1 END) AS suppressed,
  COUNT(CASE WHEN v.reason = 'unreachable' THEN 1 END) AS unreachable,
  COUNT(CASE WHEN v.reason = 'held_out' THEN 1 END) AS held_out
FROM audience_rules AS r
LEFT JOIN audience_verdicts AS v
  ON v.audience = r.audience
GROUP BY
  r.audience;
