-- As a French back office writes: semicolons; the rest is said by the columns themselves.
copy (select * from export) to $file (format csv, header true, delimiter ';');
