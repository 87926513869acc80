-- These addresses may be written to again, as far as a list kept them from it: no list undoes what people or providers said. Those of
-- people who were erased have the instant of that, and stay.
delete from delivery.suppressions
where channel = $channel and reason = 'manual' and address_hash in (select address_hash from listed)
    and since not in (select since from delivery.forgotten);
