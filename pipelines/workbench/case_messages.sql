-- The messages of a scenario to one contact in the order they could go; why, for those that were dropped.
select template, not_before, case when status = 'dropped' or reason in ('capped', 'lower_priority') then reason end as dropped
from outbox.messages where contact_id = $contact and scenario = $scenario
order by not_before, due_at, template;
