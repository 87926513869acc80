-- How many addresses the platform of each audience was given and not asked to take out.
select audience, count(distinct kind || hash) as addresses from audiences.given
group by audience order by audience;
