-- Have a lead score that reaches the threshold of the settings ([lead_score] threshold), whether they have bought or not.
-- owner: team:sales
select contact_id
from facts.contacts
where lead_score >= param('lead_score_threshold')
