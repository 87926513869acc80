-- Parquet, instants in UTC.
copy (select * from export) to $file (format parquet, compression zstd);
