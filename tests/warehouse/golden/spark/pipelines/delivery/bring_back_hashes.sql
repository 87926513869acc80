SELECT
  kind AS channel,
  hash AS address_hash,
  reason,
  CASE WHEN topic <> '' THEN topic END AS topic,
  since
FROM noted
WHERE
  what = 'suppressed';

SELECT
  kind,
  hash,
  since
FROM noted
WHERE
  what = 'forgotten';
