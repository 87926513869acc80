-- What the scenarios that ever ran, and those of this tick, make use of: a tick passes over the statements for all else.
select distinct kind as word from journeys.nodes
union
select distinct kind from journeys.conditions
union
select 'window' from journeys.windows
union
select 'joined' from journeys.alternatives where part <> condition
union
select 'moved' from journeys.moves
union
select 'weighed_anew' from journeys.nodes where kind = 'split' group by scenario having count(distinct version) > 1
union
select 'audience' from live where audience_where is not null
union
select 'ejected' from live where ejects;
