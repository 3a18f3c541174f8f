-- For each column of a file how many rows have a value, and which texts are no option of the field they were mapped to.
alter table import_file add column filled jsonb not null default '[]';
alter table import_file add column unknown_options jsonb not null default '[]';
