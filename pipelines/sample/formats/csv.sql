-- Comma-separated values, instants in UTC and marked so.
copy (select * from export) to $file (format csv, header true, timestampformat '%Y-%m-%dT%H:%M:%SZ', dateformat '%Y-%m-%d');
