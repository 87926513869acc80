-- The segments that the contacts of the batch are in.
select contact_id, segment from segments.members where contact_id in (select contact_id from render_subjects);
