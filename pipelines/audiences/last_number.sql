-- The number of the last file of an audience.
select coalesce(max(number), 0) from audiences.files where audience = $audience;
