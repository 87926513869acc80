-- What the platform of an audience knows no longer by a file of removes.
delete from audiences.given
where audience = $audience and exists (select 1 from audience_told t where t.kind = given.kind and t.hash = given.hash);
