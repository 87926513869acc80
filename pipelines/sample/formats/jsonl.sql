-- One JSON object a line, instants in UTC and marked so.
copy (select * from export) to $file (format json, timestampformat '%Y-%m-%dT%H:%M:%SZ', dateformat '%Y-%m-%d');
