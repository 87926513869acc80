-- Some of the members of a segment, with their address and what the segment says about them.
select q.*, f.email
from segment_query q
left join facts.contacts f on f.contact_id = q.contact_id
order by q.contact_id
limit $limit;
