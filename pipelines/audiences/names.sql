-- The names of the files of an audience.
select name from audiences.files where audience = $audience;
