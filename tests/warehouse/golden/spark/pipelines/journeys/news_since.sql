SELECT
  LEAST(
    COALESCE(:previous, :as_of),
    COALESCE((
      SELECT
        MIN(since)
      FROM live
      WHERE
        enters
    ), :as_of)
  ) AS since,
  LEAST(
    COALESCE((
      SELECT
        MIN(live_since)
      FROM live
    ), :as_of),
    (
      COALESCE((
        SELECT
          MIN(triggered_at)
        FROM journeys.positions
      ), :as_of) + MAKE_DT_INTERVAL(
        0,
        0,
        0,
        (
          -COALESCE(
            (
              SELECT
                MAX(within_seconds)
              FROM journeys.conditions
              WHERE
                role = 'step'
            ),
            0
          )
        )
      )
    ),
    (
      :as_of + MAKE_DT_INTERVAL(
        0,
        0,
        0,
        (
          -GREATEST(
            7 * 86400,
            COALESCE((
              SELECT
                MAX(max_age_seconds)
              FROM live
              WHERE
                enters
            ), 0)
          )
        )
      )
    )
  ) AS late_since;
