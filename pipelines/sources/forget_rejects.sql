-- What was refused of a file when it was read before: it is read anew.
delete from raw.rejects where source = $source and file = $file;
