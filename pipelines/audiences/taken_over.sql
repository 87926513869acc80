-- A file that was published, now known again. It belongs to no tick of this warehouse.
insert into audiences.files by name
select $audience as audience, $number as number, $action as action, $name as name, $lines as lines, $now as as_of, $now as decided_at, true as written;

-- Who brings the addresses that the platform knows is to be found anew: everybody is news to the next pass.
update audiences.given set fingerprint = '' where audience = $audience;
