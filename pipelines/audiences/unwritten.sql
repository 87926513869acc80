-- The files that were decided and do not stand under their names yet.
select number, name from audiences.files where audience = $audience and not written
order by number;
