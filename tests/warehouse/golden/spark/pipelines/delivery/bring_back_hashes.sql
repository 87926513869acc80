SELECT
  kind AS channel,
  hash AS address_hash,
  reason,
  CASE WHEN topic <> '' THEN topic END AS topic,
  since
FROM noted_alone
WHERE
  what = 'suppressed';

SELECT
  kind,
  hash,
  since
FROM noted_alone
WHERE
  what = 'forgotten';
