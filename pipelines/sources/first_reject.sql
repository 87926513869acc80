-- The first refused row of a file.
select line, reason from raw.rejects where source = $source and file = $file order by line, reason limit 1;
