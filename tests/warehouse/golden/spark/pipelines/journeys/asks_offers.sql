SELECT
  EXISTS(
    SELECT
      1
    FROM journeys.nodes
    WHERE
      kind = 'offer'
  )
  OR EXISTS(
    SELECT
      1
    FROM journeys.conditions
    WHERE
      kind = 'offer_unused'
  );
