-- How many rows a file has is known at its end; how many bytes, from the start.
alter table import_file add column bytes_done bigint not null default 0;
