WITH zones AS (
  SELECT
    zone,
    CAST((
      CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) + MAKE_DT_INTERVAL(0, 0, 0, offset_seconds)
    ) AS DATE) AS today
  FROM calendar.zone_offsets
  WHERE
    starts_at <= CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
    AND ends_at > CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)
), birthdays_this_year AS (
  SELECT
    c.contact_id,
    c.birth_date,
    z.today,
    MAKE_DATE(
      CAST(YEAR(z.today) AS INT),
      MONTH(c.birth_date),
      LEAST(
        DAY(c.birth_date),
        DAY(LAST_DAY(MAKE_DATE(CAST(YEAR(z.today) AS INT), MONTH(c.birth_date), 1)))
      )
    ) AS this_year
  FROM facts.contacts AS c
  INNER JOIN zones AS z
    ON c.timezone = z.zone
  WHERE
    NOT c.birth_date IS NULL
), next_birthdays AS (
  SELECT
    contact_id,
    today,
    CASE
      WHEN this_year >= today
      THEN this_year
      ELSE MAKE_DATE(
        CAST((
          YEAR(today) + 1
        ) AS INT),
        MONTH(birth_date),
        LEAST(
          DAY(birth_date),
          DAY(LAST_DAY(MAKE_DATE(CAST((
            YEAR(today) + 1
          ) AS INT), MONTH(birth_date), 1)))
        )
      )
    END AS birthday_on
  FROM birthdays_this_year
)
SELECT
  contact_id,
  birthday_on
FROM next_birthdays
WHERE
  DATEDIFF(CAST(birthday_on AS DATE), CAST(today AS DATE)) <= 7;
