-- The audiences one contact is in.
select audience from audiences.members where contact_id = $contact
order by audience;
