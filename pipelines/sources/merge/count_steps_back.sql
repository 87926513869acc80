-- Rows older than the row before them: none where the file is in order of time already, as most are, and a sort would change nothing.
select count(*) from (select moment(t) < lag(moment(t)) over () as back from typed t) where back;
