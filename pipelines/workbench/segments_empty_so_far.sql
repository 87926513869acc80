-- The segments that were built and never had a member.
select segment from segments.sizes where status = 'built' group by segment having max(members) = 0 order by segment;
