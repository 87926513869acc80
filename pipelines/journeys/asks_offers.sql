-- Whether any scenario gives codes or asks about them.
select exists (select 1 from journeys.nodes where kind = 'offer') or exists (select 1 from journeys.conditions where kind = 'offer_unused');
