-- Rows that were refused keep an address as the file had it, its domain in letters beyond ASCII.
delete from raw.rejects where contains(lower(row), $written) or contains(lower(reason), $written);
