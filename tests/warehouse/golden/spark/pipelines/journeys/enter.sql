SELECT
  v.scenario,
  v.contact_id,
  s.subject,
  x.experiment,
  a.arm AS arm_before,
  COALESCE(
    a.arm,
    CASE
      WHEN (
        CAST(CONV(SUBSTRING(MD5(CAST((
          x.experiment || '|' || s.subject
        ) AS STRING)), 1, 8), 16, 10) AS BIGINT) % 10000
      ) < x.share * 10000
      THEN 'ghost'
      ELSE 'treated'
    END
  ) AS arm
FROM (
  SELECT DISTINCT
    scenario,
    contact_id
  FROM verdicts
  WHERE
    reason IS NULL
) AS v
JOIN (
  SELECT
    contact_id,
    COALESCE(SHA2(email, 256), contact_id) AS subject
  FROM people
  WHERE
    contact_id IN (
      SELECT
        contact_id
      FROM verdicts
      WHERE
        reason IS NULL
    )
) AS s
  ON s.contact_id = v.contact_id
JOIN (
  SELECT
    scenario,
    'holdout:' || scenario AS experiment,
    holdout AS share
  FROM live
  UNION ALL
  SELECT
    scenario,
    'holdout',
    :holdout
  FROM live
  WHERE
    category = 'marketing'
) AS x
  ON x.scenario = v.scenario
LEFT JOIN journeys.arms AS a
  ON a.experiment = x.experiment AND a.subject = s.subject
WHERE
  x.share > 0 OR NOT a.arm IS NULL;

SELECT DISTINCT
  experiment,
  subject,
  arm,
  :as_of AS assigned_at
FROM drawn
WHERE
  arm_before IS NULL;

SELECT
  v.enrolment_id,
  v.scenario,
  v.version,
  v.contact_id,
  v.entry_key,
  v.trigger_key,
  v.activity_id,
  v.activity,
  v.triggered_at,
  v.entered_at,
  :as_of AS entered_as_of,
  EXISTS(
    SELECT
      1
    FROM drawn AS d
    WHERE
      d.scenario = v.scenario AND d.contact_id = v.contact_id AND d.arm = 'ghost'
  ) AS ghost,
  v.trigger_data
FROM verdicts AS v
WHERE
  v.reason IS NULL;

SELECT
  *
FROM entered;

SELECT
  :as_of AS as_of,
  v.enrolment_id,
  v.scenario,
  v.version,
  v.contact_id,
  CAST(NULL AS BIGINT) AS node,
  CAST(NULL AS STRING) AS step,
  v.entered_at AS decided_at,
  CASE WHEN v.reason IS NULL THEN 'entered' ELSE 'refused' END AS outcome,
  v.reason
FROM verdicts AS v;

SELECT
  enrolment_id,
  scenario,
  version,
  contact_id,
  CAST(0 AS BIGINT) AS node,
  entered_at AS reached_at,
  entered_at AS leave_at,
  entered_at,
  entry_key,
  trigger_key,
  triggered_at,
  activity,
  ghost,
  CAST(NULL AS STRING) AS variant
FROM entered;
