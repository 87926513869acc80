-- Files that were looked into and are what they were: when each was last written, so that the next look can leave it closed.
update raw.files
set modified_ns = seen.modified_ns
from (select unnest($files) as file, unnest($modified) as modified_ns) seen
where raw.files.source = $source and raw.files.file = seen.file;
