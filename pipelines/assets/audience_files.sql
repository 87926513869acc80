-- The last files of an audience.
select number, action, name, lines, decided_at, written from audiences.files where audience = $audience
order by number desc limit $limit;
