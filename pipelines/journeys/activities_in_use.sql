-- Lists of the activities that triggers and conditions in use speak about, and the replies to messages that conditions ask for.
select c.activities from journeys.conditions c where c.kind = 'did'
union
select l.activities from live l where l.kind = 'activity'
union
select 'message_' || c.event from journeys.conditions c where c.kind = 'message'
order by 1;
