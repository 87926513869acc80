-- How the last run of one contact stands.
select coalesce(
    (select 'in_flight' from journeys.positions where contact_id = $contact limit 1),
    (select arg_max(outcome, ended_at) from journeys.endings where contact_id = $contact),
    'never_entered');
