WITH birthdays_this_year AS (
  SELECT
    contact_id,
    birth_date,
    CAST(CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ) AS DATE) AS today,
    MAKE_DATE(
      CAST(YEAR(CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)) AS INT),
      MONTH(birth_date),
      LEAST(
        DAY(birth_date),
        DAY(
          LAST_DAY(
            MAKE_DATE(
              CAST(YEAR(CAST('2026-09-14 04:00:00' AS TIMESTAMP_NTZ)) AS INT),
              MONTH(birth_date),
              1
            )
          )
        )
      )
    ) AS this_year
  FROM facts.contacts
  WHERE
    NOT birth_date IS NULL
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
