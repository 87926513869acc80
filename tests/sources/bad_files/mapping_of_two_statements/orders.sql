select * from source;
select 1 from source;
