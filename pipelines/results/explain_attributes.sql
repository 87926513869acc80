-- The declared attributes that a contact has, and where each comes from: an activity, or the contacts file.
select attribute, value, answered_at, activity, activity_id
from facts.attributes
where contact_id = $contact
order by attribute;
