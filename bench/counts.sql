-- How large the measured shop is.
select
    (select count(*) from raw.orders), (select count(*) from raw.sessions), (select count(*) from raw.site_events),
    (select count(*) from raw.message_events), (select count(*) from journeys.positions), (select count(*) from outbox.messages);
