SELECT
  segment,
  contact_id,
  'left',
  :as_of,
  'redefined',
  entered_at
FROM segments.members
WHERE
  segment = :segment;

SELECT
  :segment,
  :as_of,
  0,
  0,
  COUNT(*),
  'built',
  'its file is gone'
FROM segments.members
WHERE
  segment = :segment;

SELECT
  1
FROM segments.members
WHERE
  segment = :segment;
