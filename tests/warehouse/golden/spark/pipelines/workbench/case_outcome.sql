SELECT
  COALESCE(
    (
      SELECT
        'in_flight'
      FROM journeys.positions
      WHERE
        contact_id = :contact
      LIMIT 1
    ),
    (
      SELECT
        MAX_BY(outcome, ended_at)
      FROM journeys.endings
      WHERE
        contact_id = :contact
    ),
    'never_entered'
  );
