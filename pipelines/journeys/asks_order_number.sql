-- One row when a trigger or condition in use names order_number.
select 1 from live where query like '%order_number%'
union all
select 1 from journeys.conditions where query like '%order_number%'
limit 1;
